// TCP and UDP port numbers in settings and addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace base {

// 1 to 65535 in decimal digits, nothing else.
[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text);

} // namespace base
