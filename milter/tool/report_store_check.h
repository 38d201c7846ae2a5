// Whether the daemon could use the store that it would keep its counts for reports in, and the file for
// opendmarc-import.
#pragma once

#include "config/diagnostic.h"
#include "config/load.h"

#include <string>
#include <vector>

namespace milter::tool {

// Tried as `user`; empty: as the one who asks. `file`: what diagnostics name where no line gives the setting.
[[nodiscard]] std::vector<config::Diagnostic> check_report_store(const config::Settings& settings,
                                                                 const config::Loaded& loaded,
                                                                 const std::string& file,
                                                                 const std::string& user);

} // namespace milter::tool
