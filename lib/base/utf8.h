// Well-formed UTF-8 (RFC 3629), and nothing else about Unicode.
#pragma once

#include <cstddef>
#include <string_view>

namespace base {

// The octets, 1 to 4, of the character that `text` begins with; 0 when `text` is empty or begins with
// anything that is not well-formed: a stray continuation, a cut, overlong or surrogate sequence, a value
// beyond U+10FFFF.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

} // namespace base
