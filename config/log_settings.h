// What the settings say about the log. The log itself (milter/log) takes these types: it stands above the
// settings, and a list of its own would be the same words a second time.
#pragma once

#include <cstdint>

namespace config {

enum class LogTarget : std::uint8_t { syslog, stderr_stream };

enum class LogFacility : std::uint8_t {
    mail,
    daemon,
    user,
    local0,
    local1,
    local2,
    local3,
    local4,
    local5,
    local6,
    local7,
};

// From the least important one up.
enum class LogLevel : std::uint8_t { debug, info, notice, warning, error };

} // namespace config
