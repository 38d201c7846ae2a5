// `key_fields:`, the rules that say which field of a message chooses the key.
#pragma once

#include "config/load_fields.h"

#include <vector>

namespace config {

void load_key_fields(const Pair& pair, std::vector<KeyFieldRule>& rules, const File& file, Report& report);

} // namespace config
