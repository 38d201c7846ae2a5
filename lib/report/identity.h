// What a report is called (RFC 9990 3.1.4, 3.5.1 and 3.5.2): one identifier in the XML, the file's name and
// the subject alike, so that a report that comes twice is recognised.
#pragma once

#include "base/domain_name.h"
#include "base/unix_time.h"

#include <array>
#include <cstdint>
#include <string>

namespace report {

// The first and the last second that a report is about.
struct Period {
    base::UnixTime begin = 0;
    base::UnixTime end = 0;

    bool operator==(const Period&) const = default;
};

// 26 letters and digits, without any character that a file's name or a subject could not have.
[[nodiscard]] std::string make_report_id(const std::array<std::uint8_t, 16>& random);
// Whether a text is such an identifier, of any length up to 64.
[[nodiscard]] bool is_report_id(std::string_view text);

struct Identity {
    base::DomainName policy_domain;
    base::DomainName submitter; // who reports: the domain that our report mail comes from
    Period period{};
    std::string report_id{};
};

// "harbour.example!orchard.example!1793664000!1793750399!ID.xml", and ".gz" behind it.
[[nodiscard]] std::string file_name(const Identity& identity, bool compressed);
// "Report Domain: orchard.example Submitter: harbour.example Report-ID: ID", folded where it would go beyond
// 78 octets behind "Subject: ".
[[nodiscard]] std::string subject(const Identity& identity);
// "<ID@harbour.example>"
[[nodiscard]] std::string message_id(const Identity& identity);

} // namespace report
