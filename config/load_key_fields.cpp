#include "config/load_key_fields.h"

#include "base/secret_text.h"

#include <algorithm>

namespace config {

namespace {

constexpr std::string_view prefix = "key_fields.";

bool is_for_all(const KeyFieldRule& rule) {
    return rule.daemons.empty() && rule.clients.empty();
}

// Whoever may submit mail writes these fields.
void warn_of_typed_fields(const KeyFieldRule& rule, const Place& place, Report& report) {
    const bool others = std::any_of(rule.fields.begin(), rule.fields.end(),
                                    [](KeyField field) { return field != KeyField::from; });
    if (is_for_all(rule) && others) {
        report.warning(place,
                       "'key_fields': for all mail, a field that its sender writes at will chooses the key",
                       "name the daemons or the clients that the rule is for");
    }
}

void load_rule(const TreeNode& item, KeyFieldRule& rule, const File& file, Report& report) {
    rule.line = item.line;
    load_fields(key_field_schema(), item, prefix, rule, file, report, [&](const Pair& other) {
        report.error(place_of(file, *other.name),
                     fmt::format("unknown setting '{}{}'", prefix, base::shown(other.name->text)),
                     unknown_name_hint(other, names_of(key_field_schema())));
    });
    if (rule.fields.empty()) {
        report.error(place_of(file, item), "'key_fields.fields' names no field", "the usual one is From");
    }
    warn_of_typed_fields(rule, place_of(file, item), report);
}

} // namespace

void load_key_fields(const Pair& pair, std::vector<KeyFieldRule>& rules, const File& file, Report& report) {
    if (!expect_kind(TreeNode::Kind::sequence, pair, "", file, report)) {
        return;
    }
    for (const TreeNode* item : pair.value->children) {
        if (item->kind != TreeNode::Kind::mapping) {
            report.error(
                place_of(file, *item),
                fmt::format("'key_fields': expected a mapping with fields, not {}", print(item->kind)));
            continue;
        }
        if (!rules.empty() && is_for_all(rules.back())) {
            report.warning(place_of(file, *item), "'key_fields': the rule above is for all mail, and counts");
        }
        load_rule(*item, rules.emplace_back(), file, report);
    }
}

} // namespace config
