// A run of `paraph report send`: each report that is due, to each of its addresses that is due.
//
// What it does to the world goes through Hands, so that a test can break off anywhere.
#pragma once

#include "config/report_settings.h"
#include "crypto/mac.h"
#include "dmarc/public_suffix.h"
#include "milter/tool/reports/build_report.h"
#include "milter/tool/reports/inquiries.h"
#include "milter/tool/reports/outbox.h"
#include "milter/tool/reports/pace.h"
#include "milter/tool/reports/smtp_session.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace milter::tool::reports {

struct Hands {
    Postman& postman;
    Inquiries& inquiries;
    std::function<base::UnixTime()> now;
    std::function<Pace::Time()> ticks; // of a clock that nobody sets
    std::function<void(std::chrono::milliseconds)> sleep;
    std::function<bool()> stops; // the run is to end
    // The mail with our signatures on top.
    std::function<Result<std::string>(const std::string& mail)> sign;
    std::function<void(const std::string& text)> say;
};

class SendReports {
  public:
    SendReports(const config::Reports& settings, const crypto::MacKey& key, std::string generator,
                Outbox& outbox, Hands hands);

    // All that is due, and what becomes due within a minute or two.
    [[nodiscard]] Result<void> run(const Selection& wanted);
    [[nodiscard]] const RunResult& result() const { return result_; }

  private:
    struct Work; // one report

    [[nodiscard]] Stored<std::optional<base::UnixTime>> send_report(const PlannedReport& report);
    [[nodiscard]] Stored<void> send_to(Work& work, Delivery delivery);
    // Why there is no mail to this address; nothing: there is one.
    [[nodiscard]] Stored<std::optional<Attempt>> obstacle(Work& work, const Delivery& delivery);
    [[nodiscard]] Stored<std::optional<Attempt>>
    suppressed(const Work& work, const ::report::Address& address, base::UnixTime now);
    [[nodiscard]] std::optional<Attempt> unreachable(Work& work, const ::report::Address& address);
    [[nodiscard]] std::optional<Attempt> ask_dns(Work& work, const ::report::Address& address);
    [[nodiscard]] Stored<bool> build(Work& work);
    [[nodiscard]] Result<std::string> mail_of(const Work& work, const ::report::Address& to) const;
    [[nodiscard]] Stored<void> hand_over(Work& work, Delivery delivery);
    [[nodiscard]] Stored<void> settle(const Delivery& before, const Attempt& attempt);
    [[nodiscard]] Stored<void> end_all(const PlannedReport& report, const std::vector<Delivery>& deliveries);
    [[nodiscard]] Stored<void> put_off(const Delivery& delivery, base::UnixTime next_try);
    [[nodiscard]] std::optional<base::UnixTime> turn_of(const base::DomainName& host);
    [[nodiscard]] std::string organization_of(const base::DomainName& host) const;
    void note_answer(const Attempt& attempt, const base::DomainName& host);
    [[nodiscard]] Stored<void> note_dead(const Delivery& delivery);
    void count(DeliveryState state);

    const config::Reports& settings_;
    const crypto::MacKey& key_;
    Outbox& outbox_;
    Hands hands_;
    Pace pace_;
    RetryRules rules_;
    ::report::Reporter reporter_;
    ::report::Address from_;
    ::report::PartLimits limits_;
    RunResult result_;
    dmarc::PublicSuffixList suffixes_ = dmarc::PublicSuffixList::built_in();
    int faults_ = 0; // of our server, one after the other
    std::set<std::string>
        doubts_; // the organizations of those that may be, since it last gave a clear answer
    // Of a policy domain and an address, where the DNS gave no answer, and how often.
    std::map<std::pair<std::string, std::string>, int> silent_;
    std::string problem_; // that ends the run
};

} // namespace milter::tool::reports
