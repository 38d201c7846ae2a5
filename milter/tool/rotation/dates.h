// What rotation is going to do with a domain's keys, by its journal alone: for lists.
#pragma once

#include "config/settings.h"
#include "keys/rotation_forecast.h"

#include <map>
#include <string>

namespace milter::tool::rotation {

// "2027-01-31 14:05", UTC.
[[nodiscard]] std::string print_time(std::chrono::sys_seconds at);

// The next step of each key, by selector, if every record is shown and no run is late. Empty: the domain does
// not rotate, or its journal cannot be read.
[[nodiscard]] std::map<std::string, keys::ForecastStep> next_steps(const std::string& domain,
                                                                   const config::DomainEntry& entry);

} // namespace milter::tool::rotation
