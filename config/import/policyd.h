// policyd-spf.conf as settings.
#pragma once

#include "config/import/job.h"

#include <string>
#include <vector>

namespace config::import {

// `unasked`: blocks of hosts that Postfix lets past the policy service (mynetworks).
void import_policyd(const Options& options, const std::vector<std::string>& unasked, Work& work);

} // namespace config::import
