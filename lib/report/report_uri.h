// A URI of rua= or ruf= as the address that a report is sent to (RFC 9990 3.5).
//
// Of mailto: (RFC 6068) so much is taken as names one mailbox and nothing else. Whoever publishes a record
// chooses this text freely, and our mail server is to write to what it says: so no line break, no second
// address, no header field of his, and no name that means this host
// or a private one.
//
//     read_report_uri("mailto:dmarc%2Bagg@example.org?subject=x")   ->  dmarc+agg@example.org
#pragma once

#include "base/domain_name.h"
#include "base/result.h"

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace report {

struct Address {
    std::string local_part; // unquoted; printable ASCII
    base::DomainName domain;

    auto operator<=>(const Address&) const = default; // NOLINT(modernize-use-nullptr): none is there
};

// As an SMTP path or a header field has it, without angle brackets; quoted where it must be.
[[nodiscard]] std::string print(const Address& address);

// Of text as print() writes it; also for addresses in settings and of stored rows. U-labels become A-labels.
[[nodiscard]] base::Result<Address> read_address(std::string_view text);

[[nodiscard]] base::Result<Address> read_report_uri(std::string_view uri);

struct Destinations {
    std::vector<Address> addresses;   // in order, each once
    std::vector<std::string> ignored; // which URI and why, in printable ASCII
    std::size_t too_many = 0;         // addresses beyond the limit
};

[[nodiscard]] Destinations read_report_uris(const std::vector<std::string>& uris, std::size_t limit);

} // namespace report
