// What a report is called (RFC 9990 3.1.4, 3.5.1 and 3.5.2): one identifier in the XML, the file's name and
// the subject alike, so that a report that comes twice is recognised.
#pragma once

#include "base/domain_name.h"
#include "base/unix_time.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace report {

// The first and the last second that a report is about.
struct Period {
    base::UnixTime begin = 0;
    base::UnixTime end = 0;

    bool operator==(const Period&) const = default;
};

// Letters and digits, at least one and 64 at most: nothing that a file's name, a subject or a boundary could
// not have. It comes back from a store that others write to as well, so that no other text can be one.
class ReportId {
  public:
    // 26 letters and digits.
    [[nodiscard]] static ReportId make(const std::array<std::uint8_t, 16>& random);
    [[nodiscard]] static std::optional<ReportId> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const { return text_; }

    bool operator==(const ReportId&) const = default;

  private:
    explicit ReportId(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

struct Identity {
    base::DomainName policy_domain;
    base::DomainName submitter; // who reports: the domain that our report mail comes from
    Period period{};
    ReportId report_id;
};

// "harbour.example!orchard.example!1793664000!1793750399!ID.xml", and ".gz" behind it.
[[nodiscard]] std::string file_name(const Identity& identity, bool compressed);
// "Report Domain: orchard.example Submitter: harbour.example Report-ID: ID", folded where it would go beyond
// 78 octets behind "Subject: ".
[[nodiscard]] std::string subject(const Identity& identity);
// "<ID@harbour.example>"
[[nodiscard]] std::string message_id(const Identity& identity);

} // namespace report
