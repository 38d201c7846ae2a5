// An SPF record (RFC 7208 4.5, 4.6.1, 5 and 6) as a value: parsed whole, before any of it is
// evaluated.
//
//     auto record = spf::parse("v=spf1 ip4:192.0.2.0/24 include:_spf.example.net -all");
//     spf::print(*record);   // parses to the same value again
#pragma once

#include "base/ip_network.h"
#include "base/result.h"
#include "spf/macro.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spf {

// dual-cidr-length: which of the two counts depends on the client's family.
struct PrefixLengths {
    unsigned v4 = 32;
    unsigned v6 = 128;

    bool operator==(const PrefixLengths&) const = default;
};

// A block of IPv6 addresses as ip6 names it. Not base::IpNetwork, because there an IPv4-mapped block is one
// of IPv4; in SPF it matches nobody: a client at such an address is an IPv4 client (RFC 7208 5).
struct Ip6Network {
    std::array<std::uint8_t, 16> address{}; // host bits cleared
    unsigned length = 128;

    [[nodiscard]] bool contains(const base::IpAddress& client) const;
    bool operator==(const Ip6Network&) const = default;
};

// The mechanisms. Where `target` is optional, its absence means the domain of the record.
struct All {
    bool operator==(const All&) const = default;
};
struct Include {
    MacroString target;
    bool operator==(const Include&) const = default;
};
struct A {
    std::optional<MacroString> target;
    PrefixLengths prefix;
    bool operator==(const A&) const = default;
};
struct Mx {
    std::optional<MacroString> target;
    PrefixLengths prefix;
    bool operator==(const Mx&) const = default;
};
struct Ptr {
    std::optional<MacroString> target;
    bool operator==(const Ptr&) const = default;
};
struct Ip4 {
    base::IpNetwork network;
    bool operator==(const Ip4&) const = default;
};
struct Ip6 {
    Ip6Network network;
    bool operator==(const Ip6&) const = default;
};
struct Exists {
    MacroString target;
    bool operator==(const Exists&) const = default;
};

using Mechanism = std::variant<All, Include, A, Mx, Ptr, Ip4, Ip6, Exists>;

enum class Qualifier : char { pass = '+', fail = '-', softfail = '~', neutral = '?' };

struct Directive {
    Qualifier qualifier = Qualifier::pass;
    Mechanism mechanism;

    bool operator==(const Directive&) const = default;
};

struct Record {
    std::vector<Directive> directives; // in the order of the record; those behind `all` included
    std::optional<MacroString> redirect;
    std::optional<MacroString> explanation;
    // Modifiers that nobody knows, each with a blank in front and its name in lower case. One text, because a
    // record may hold thousands of them and is parsed with every round of answers.
    std::string unknown;

    bool operator==(const Record&) const = default;
};

// Whether it is one of those that RFC 7208 4.6.4 limits to ten.
[[nodiscard]] bool queries_dns(const Mechanism& mechanism);

// Whether a TXT record begins with the version section (RFC 7208 4.5), and so is an SPF record, good or bad.
[[nodiscard]] bool is_record(std::string_view text);

// The whole record, or the first syntax error with its position in `text` (RFC 7208 4.6: one error anywhere,
// and the record as a whole is a permerror).
[[nodiscard]] base::Result<Record> parse(std::string_view text);

[[nodiscard]] std::string print(const Record& record);
[[nodiscard]] std::string print(const Directive& directive); // "-all", "ip4:192.0.2.0/24"
[[nodiscard]] std::string print(const Mechanism& mechanism);

} // namespace spf
