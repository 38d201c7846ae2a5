// The mapping at the top of a configuration file: sections and their settings.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"

#include <functional>
#include <string_view>

namespace config {

// Called with the value of `include:` or `domains:` when the file has it.
using ReadStructure = std::function<void(const TreeNode& name, const TreeNode& value)>;

// Everything but `include:` and `domains:`, which go to their callbacks.
void load_settings(const TreeNode& root, Settings& settings, const File& file, Report& report,
                   const ReadStructure& read_include, const ReadStructure& read_domains);

// What the file gives for a setting; null when it does not mention it.
[[nodiscard]] const TreeNode* find_value(const TreeNode* root, std::string_view path);

} // namespace config
