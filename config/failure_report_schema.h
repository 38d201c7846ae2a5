// The settings below `reports.failure:`; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

namespace config {

[[nodiscard]] Section failure_report_section();

} // namespace config
