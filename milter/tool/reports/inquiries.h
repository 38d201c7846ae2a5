// What is asked of the DNS about a report and its addresses, each thing once a run: whether another
// organization wants it, whether its domain takes mail at all, whether the policy domain stands on a
// blocklist. The daemon's resolver asks, with its limits; each report has the time of one message.
#pragma once

#include "dmarc/options.h"
#include "milter/tool/answer_source.h"
#include "milter/tool/lookups.h"
#include "report/external_destination.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace milter::tool::reports {

// Whether a domain takes mail (RFC 5321 5.1, RFC 7505).
struct Reachable {
    enum class State : std::uint8_t { yes, never, later } state = State::later;
    std::string why{};
};

[[nodiscard]] dns::Outcome<Reachable> can_get_mail(const base::DomainName& host, const dns::Answers& known);

// The zone that lists a domain; empty: none does, or did not answer.
[[nodiscard]] dns::Outcome<std::string>
listed_in(const base::DomainName& domain, const std::vector<std::string>& zones, const dns::Answers& known);

class Inquiries {
  public:
    Inquiries(std::unique_ptr<AnswerSource> source, dmarc::Options dmarc, std::size_t max_questions)
        : source_(std::move(source)), dmarc_(dmarc), max_questions_(max_questions) {}

    // Another report; nothing: it has the time of a message.
    void begin(std::optional<std::chrono::milliseconds> limit = {}) { source_->begin_anew(limit); }

    [[nodiscard]] Result<::report::Consent> consent(const base::DomainName& policy_domain,
                                                    const ::report::Address& address,
                                                    ::report::ReportKind kind);
    [[nodiscard]] Result<Reachable> reachable(const base::DomainName& host);
    [[nodiscard]] Result<std::string> blocklist(const base::DomainName& policy_domain,
                                                const std::vector<std::string>& zones);
    // For other questions.
    [[nodiscard]] Lookups lookups() const;

  private:
    std::unique_ptr<AnswerSource> source_;
    dmarc::Options dmarc_;
    std::size_t max_questions_;
    std::map<std::tuple<base::DomainName, ::report::Address, ::report::ReportKind>, ::report::Consent>
        consents_;
    std::map<base::DomainName, Reachable> reachable_;
};

} // namespace milter::tool::reports
