// What is asked of the DNS, as a value.
#pragma once

#include "base/ip_address.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dns {

enum class Type : std::uint16_t { a = 1, cname = 5, ptr = 12, mx = 15, txt = 16, aaaa = 28 };

[[nodiscard]] std::string_view print(Type type);
[[nodiscard]] std::optional<Type> parse_type(std::string_view text); // "TXT", any case

// A or AAAA, by the type of the address: the question to ask of a name that may lead to it (RFC 7208 5).
[[nodiscard]] Type address_type(const base::IpAddress& address);

// `name` is lower-case text without a trailing dot. Its labels may hold any byte but a dot and NUL, because
// an SPF macro expands to whatever the sender wrote (RFC 7208 7); names that came from a message as
// identifiers are base::DomainName long before they get here.
struct Question {
    std::string name;
    Type type = Type::txt;

    auto operator<=>(const Question&) const = default; // NOLINT(modernize-use-nullptr): none is there
};

// False when no DNS message can carry the name: an empty label, a label over 63 octets, over 253 octets in
// all, or a NUL (RFC 1035 2.3.4).
[[nodiscard]] bool can_be_asked(std::string_view name);

// Nothing for a name that cannot be asked. One trailing dot is dropped.
[[nodiscard]] std::optional<Question> make_question(std::string_view name, Type type);

[[nodiscard]] std::string print(const Question& question); // "TXT _dmarc.example.org"

} // namespace dns

template <>
struct std::hash<dns::Question> {
    // Not noexcept: the C++ library keeps the hash of each entry then, in place of computing it anew for all
    // that a search passes.
    std::size_t operator()(const dns::Question& question) const {
        return std::hash<std::string>()(question.name) ^ static_cast<std::size_t>(question.type);
    }
};
