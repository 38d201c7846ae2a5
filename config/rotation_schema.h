// The settings below `rotation:` and `domains: NAME: rotation:`; a part of the list in config/schema.h.
#pragma once

#include "config/schema.h"

namespace config {

[[nodiscard]] Section rotation_section();

// What a way of publishing needs and does not have; empty: nothing.
[[nodiscard]] std::string missing_for_publication(const Rotation& plan);

} // namespace config
