// SPF results and the identities they belong to (RFC 7208 2.3, 2.4 and 2.6).
#pragma once

#include <cstdint>
#include <string_view>

namespace spf {

enum class Result : std::uint8_t { none, neutral, pass, fail, softfail, temperror, permerror };
enum class Identity : std::uint8_t { helo, mail_from };

[[nodiscard]] std::string_view print(Result result);     // "pass", as RFC 8601 2.7.2 has it
[[nodiscard]] std::string_view print(Identity identity); // "helo", "mailfrom", as RFC 7208 9.1 has it

} // namespace spf
