// Reading one mapping by a list of settings: unknown and repeated names, values of the wrong type, missing
// names.
#pragma once

#include "config/load_report.h"
#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

// A name of a mapping and its value.
struct Pair {
    const TreeNode* name;
    const TreeNode* value;
};

// The value of a pair, paths resolved; nothing, with a diagnostic, when it is not what the type says.
// Diagnostics call it by `prefix` and its name: "spf." and "enabled".
[[nodiscard]] std::optional<Value> read_value(const Type& type, const Pair& pair, std::string_view prefix,
                                              const File& file, Report& report);

// False, with a diagnostic, when the value is not of that kind. Where a mapping is expected nothing at all
// will do as well: so a section looks whose settings are all commented out.
[[nodiscard]] bool expect_kind(TreeNode::Kind kind, const Pair& pair, std::string_view prefix,
                               const File& file, Report& report);

// How a key is given, when `node` is a text with one that was pasted in; else empty.
[[nodiscard]] std::string pasted_key_hint(const TreeNode& node);

// "name:value" is one text for YAML: how to write it, when `text` looks like that; else empty.
[[nodiscard]] std::string missing_blank(const TreeNode& text);

template <class Target>
[[nodiscard]] std::vector<std::string_view> names_of(const std::vector<SettingOf<Target>>& settings) {
    std::vector<std::string_view> names;
    names.reserve(settings.size());
    for (const auto& setting : settings) {
        names.push_back(setting.name());
    }
    return names;
}

// What may be meant by a pair whose name is none of `known`; empty: nobody knows.
[[nodiscard]] std::string unknown_name_hint(const Pair& pair, const std::vector<std::string_view>& known);

// The pairs of a mapping, each name once: repeated names and names that are not text are reported and left
// out.
[[nodiscard]] std::vector<Pair> unique_pairs(const TreeNode& mapping, std::string_view prefix,
                                             const File& file, Report& report);

// Writes the fields of `mapping` that `settings` describes into `target`; pairs of any other name go to
// `other(pair)`.
template <class Target, class Other>
void load_fields(const std::vector<SettingOf<Target>>& settings, const TreeNode& mapping,
                 std::string_view prefix, Target& target, const File& file, Report& report, Other other) {
    std::vector<bool> seen(settings.size());
    for (const Pair& pair : unique_pairs(mapping, prefix, file, report)) {
        const auto setting = std::find_if(settings.begin(), settings.end(),
                                          [&](const auto& known) { return known.name() == pair.name->text; });
        if (setting == settings.end()) {
            other(pair);
            continue;
        }
        seen[static_cast<std::size_t>(setting - settings.begin())] = true;
        if (const auto value = read_value(setting->type, pair, prefix, file, report)) {
            setting->write(target, *value);
        }
    }
    for (std::size_t i = 0; i < settings.size(); ++i) {
        if (settings[i].required && !seen[i]) {
            report.error(place_of(file, mapping),
                         fmt::format("'{}{}' is missing", prefix, settings[i].name()));
        }
    }
}

} // namespace config
