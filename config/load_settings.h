// The mapping at the top of a configuration file: sections and their settings.
#pragma once

#include "config/load_report.h"
#include "config/settings.h"

#include <functional>
#include <string_view>

namespace config {

// Called with a structure when the file has it: the value of `include:`, of `domains:` and what else names
// keys (`default:`, `key_fields:`), or of what stands below `policy:` or `relays:` and is no setting.
using ReadStructure = std::function<void(const TreeNode& name, const TreeNode& value)>;

// Everything but the structures, which go to their callbacks.
void load_settings(const TreeNode& root, Settings& settings, const File& file, Report& report,
                   const ReadStructure& read_include, const ReadStructure& read_domains,
                   const ReadStructure& read_inner);

// What the file gives for a setting; null when it does not mention it.
[[nodiscard]] const TreeNode* find_value(const TreeNode* root, std::string_view path);

} // namespace config
