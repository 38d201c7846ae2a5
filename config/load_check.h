// What must hold between settings.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"

namespace config {

// `root` (null: an empty file) tells where a setting was given.
void check_settings(const Settings& settings, const TreeNode* root, const File& file, Report& report);

// What `mode` says of `roles`. The check comes before it and compares the two.
void apply_mode(Settings& settings);

} // namespace config
