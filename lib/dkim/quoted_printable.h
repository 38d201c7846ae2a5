// dkim-quoted-printable (RFC 6376 2.11; RFC 8616 5 lets UTF-8 stand unencoded).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dkim {

// FWS inside is ignored. Nothing when an "=" is not followed by two hexadecimal digits, or when a byte stands
// there that has to be encoded.
[[nodiscard]] std::optional<std::string> decode_quoted_printable(std::string_view text);

[[nodiscard]] std::string encode_quoted_printable(std::string_view bytes);

} // namespace dkim
