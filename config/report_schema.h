// The settings below `reports:`; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

namespace config {

[[nodiscard]] Section reports_section();

} // namespace config
