// What the DNS said, as a value. NXDOMAIN, no data and failure are three different answers everywhere.
#pragma once

#include "base/ip_address.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dns {

enum class Status : std::uint8_t {
    found,   // at least one record of the type asked for
    no_data, // the name exists, the type does not (RFC 2308 2.2)
    no_name, // NXDOMAIN (RFC 2308 2.1)
    failed,  // no usable answer: see Failure
};

enum class Failure : std::uint8_t {
    none,
    timeout,        // no answer in time, or no server reachable
    server_failure, // SERVFAIL, or a broken delegation behind it
    refused,        // REFUSED, NOTIMP and other codes that say "not here"; or nobody listens there
    malformed,      // an answer that is no DNS message, or does not fit the question
};

struct MailExchange {
    std::uint16_t preference = 0;
    std::string host; // lower case, no trailing dot; empty for the null MX "." of RFC 7505

    auto operator<=>(const MailExchange&) const = default;
};

// Only the vector that belongs to the type asked for is filled, in the order of the answer.
struct Answer {
    Status status = Status::failed;
    Failure failure = Failure::none;
    bool secure = false; // the AD bit, as the resolver gave it
    bool aliased =
        false; // the name asked for owns a CNAME: it exists even when the target does not (RFC 6604)
    std::uint32_t ttl = 0;                  // seconds; for negative answers as RFC 2308 5 derives it
    std::vector<base::IpAddress> addresses; // A, AAAA
    std::vector<MailExchange> exchanges;    // MX
    std::vector<std::string> texts;         // TXT, the strings of one record joined without a separator
    std::vector<std::string> names;         // PTR, CNAME; lower case, no trailing dot

    bool operator==(const Answer&) const = default;
};

[[nodiscard]] Answer no_data();
[[nodiscard]] Answer no_name();
[[nodiscard]] Answer failed(Failure why);
[[nodiscard]] const char* print(Status status);   // "found", "no data", "NXDOMAIN", "failed"
[[nodiscard]] const char* print(Failure failure); // "timeout", "SERVFAIL", "refused", "malformed answer"

} // namespace dns
