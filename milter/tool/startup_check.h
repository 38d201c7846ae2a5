// What would keep the daemon from starting although its settings are sound.
#pragma once

#include "config/diagnostic.h"
#include "config/load.h"

#include <string>
#include <vector>

namespace milter::tool {

// Files of the configuration that `user` cannot read, though the one who asks can; `user` empty: it is the
// one who asks. If that user's access cannot be tried, a warning says why.
[[nodiscard]] std::vector<config::Diagnostic> check_files(const std::vector<std::string>& files,
                                                          const std::string& user);

// Whether the socket would open for `user`; empty: for the one who asks. `file`: what diagnostics name where
// no line gives the setting.
[[nodiscard]] std::vector<config::Diagnostic> check_listening(const config::Settings& settings,
                                                              const config::Loaded& loaded,
                                                              const std::string& file,
                                                              const std::string& user);

} // namespace milter::tool
