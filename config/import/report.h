// An import in words.
#pragma once

#include "config/import/import.h"

#include <string>
#include <vector>

namespace config::import {

// `keys`: what has to be done for paraphd to read the keys, one sentence each.
[[nodiscard]] std::string print_report(const Outcome& outcome, const std::vector<std::string>& keys);

// Why there is nothing to import: what cannot be read, and what was found and is left out.
[[nodiscard]] std::string print_nothing(const Outcome& outcome);

// The command of a step as one types it.
[[nodiscard]] std::string print_command(const std::vector<std::string>& words);

} // namespace config::import
