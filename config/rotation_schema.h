// The settings below `rotation:` and `domains: NAME: rotation:`; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

namespace config {

[[nodiscard]] Section rotation_section();

} // namespace config
