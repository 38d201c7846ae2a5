// Severities of log lines, as syslog has them.
#pragma once

#include <cstdint>
#include <string_view>

namespace milter::log {

enum class Level : std::uint8_t { debug, info, notice, warning, error };

[[nodiscard]] std::string_view print(Level level);
// Unknown words give info: the schema lets none through.
[[nodiscard]] Level parse_level(std::string_view word);

} // namespace milter::log
