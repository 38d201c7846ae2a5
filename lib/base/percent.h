// Percent-encoding of URIs (RFC 3986 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

// Nothing when an escape is not complete.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

} // namespace base
