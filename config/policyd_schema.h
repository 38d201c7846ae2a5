// The settings below `spf: policyd:`; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

namespace config {

[[nodiscard]] Section policyd_section();

} // namespace config
