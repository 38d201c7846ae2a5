// What makes an exception hold for nobody, or for everybody, in ways that its text does not show.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"

namespace config {

void check_reach(const authenticate::Exception& exception, const Place& place, const Settings& settings,
                 Report& report);

} // namespace config
