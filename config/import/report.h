// An import in words.
#pragma once

#include "config/import/import.h"

#include <string>
#include <vector>

namespace config::import {

// `keys`: what has to be done for paraphd to read the keys, one sentence each.
[[nodiscard]] std::string print_report(const Outcome& outcome, const std::vector<std::string>& keys);

// The command of a step as one types it.
[[nodiscard]] std::string print_command(const std::vector<std::string>& words);

} // namespace config::import
