// The words of the settings about the log, as the log itself uses them.
#pragma once

#include "config/log_settings.h"

#include <string_view>

namespace milter::log {

using Level = config::LogLevel;
using Target = config::LogTarget;
using Facility = config::LogFacility;

[[nodiscard]] std::string_view print(Level level);

} // namespace milter::log
