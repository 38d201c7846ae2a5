// Whether reports could leave as mail: with a signature of ours, and a login where the server wants one.
#pragma once

#include "config/diagnostic.h"
#include "config/settings.h"
#include "keys/key_store.h"

#include <string>
#include <vector>

namespace milter::tool {

// What can be said without the DNS. `file`: what diagnostics name; `user`: who sends, empty: who asks.
[[nodiscard]] std::vector<config::Diagnostic> check_report_mail(const config::Settings& settings,
                                                                const keys::KeyStore& keys,
                                                                const std::string& file,
                                                                const std::string& user);

} // namespace milter::tool
