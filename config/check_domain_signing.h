// What must hold for the signatures of a domain with settings of its own.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"

#include <string>
#include <unordered_map>

namespace config {

// `places`: where each setting of a domain is given, by "domains.NAME.signed_fields".
void check_domain_signing(const Settings& settings, const std::unordered_map<std::string, Place>& places,
                          Report& report);

} // namespace config
