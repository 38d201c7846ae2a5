// What would keep the daemon from starting although its settings are sound.
#pragma once

#include "config/diagnostic.h"
#include "config/load.h"

#include <string>
#include <vector>

namespace tool {

// The files must be readable and the socket must open. `user`: as whom to try; empty: as the one who asks.
// `file`: what diagnostics name where no line gives the setting.
[[nodiscard]] std::vector<config::Diagnostic> check_startup(const config::Loaded& loaded,
                                                            const std::string& file, const std::string& user);

} // namespace tool
