// Entries for all names below a public suffix, whose owners are strangers to one another.
#pragma once

#include "config/diagnostic.h"
#include "config/settings.h"

#include <string>
#include <vector>

namespace milter::tool {

// `file` is the configuration's name, for what has no place of its own.
[[nodiscard]] std::vector<config::Diagnostic> check_suffixes(const config::Settings& settings,
                                                             const std::string& file);

} // namespace milter::tool
