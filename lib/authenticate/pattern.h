// Patterns of addresses and names, as exceptions state them.
//
//     example.org        that domain; of addresses, every one in it
//     .example.org       every name below it
//     ann@example.org    one address; @example.org is the domain
//     *-bounces@*.example.org    * stands for anything, also for nothing, but for no @
//     <>                 the null reverse-path
//
// Case does not count. Domains are compared as A-labels. A match costs at most the product of both lengths,
// which are bounded.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace authenticate {

inline constexpr std::size_t longest_pattern = 320;  // RFC 5321 4.5.3.1: a local-part, @ and a domain
inline constexpr std::size_t longest_matched = 1000; // no pattern is for a longer text

// In the one form in which patterns are kept: lower case, A-labels. Refused: one that could match nothing.
[[nodiscard]] base::Result<std::string> read_pattern(std::string_view text);

// `domain` may be any text, so a List-Id as well.
[[nodiscard]] bool matches_domain(std::string_view pattern, std::string_view domain);
[[nodiscard]] bool matches_address(std::string_view pattern, std::string_view local_part,
                                   std::string_view domain);

// Whether it leaves out most domains there are: "*" does not, neither do "*.*" and "ann@*".
[[nodiscard]] bool names_a_domain(std::string_view pattern);

} // namespace authenticate
