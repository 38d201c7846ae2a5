// What the lists of signed fields leave open, and what in them cannot be meant.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"

namespace config {

void check_signed_fields(const Settings& settings, const TreeNode* root, const File& file, Report& report);

} // namespace config
