// Base64 as RFC 4648 4 defines it, strict: no stray characters, canonical padding.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace base {

[[nodiscard]] std::string base64_encode(std::string_view bytes);

// Nothing when `text` is not exactly the encoding of some bytes: unknown characters, white space, missing or
// superfluous padding, non-zero trailing bits.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

} // namespace base
