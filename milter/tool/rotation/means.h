// What rotation needs on this host: the file of the TSIG key, programs, a directory for old keys.
#pragma once

#include "config/load.h"

#include <string>
#include <vector>

namespace milter::tool::rotation {

// Warnings of what is missing: the next run would end with it. `file` is the configuration's name. Asked by
// the user who runs `paraph key rotate`.
[[nodiscard]] std::vector<config::Diagnostic> missing_means(const config::Settings& settings,
                                                            const std::string& file);

} // namespace milter::tool::rotation
