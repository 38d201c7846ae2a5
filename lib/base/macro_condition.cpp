#include "base/macro_condition.h"

#include "base/ascii.h"

#include <algorithm>

namespace base {

namespace {

constexpr std::size_t longest_name = 64;

bool is_macro_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '_'; });
}

std::string_view without_braces(std::string_view name) {
    return name.starts_with('{') && name.ends_with('}') && name.size() > 1 ? name.substr(1, name.size() - 2)
                                                                           : name;
}

} // namespace

Result<MacroCondition> MacroCondition::parse(std::string_view text) {
    const auto sign = text.find('=');
    const auto name = without_braces(text.substr(0, sign));
    if (!is_macro_name(name)) {
        return refuse("expected the name of a macro, for example {daemon_port}=587", 0);
    }
    MacroCondition condition{.name = std::string("{").append(name) += '}', .values = {}};
    if (sign == std::string_view::npos) {
        return condition;
    }
    for (const auto value : split(text.substr(sign + 1), '|')) {
        if (value.empty() || !all_printable(value)) {
            return refuse("expected printable values with | between them, for example {daemon_port}=587|465",
                          sign + 1);
        }
        condition.values.emplace_back(value);
    }
    return condition;
}

bool MacroCondition::holds(std::string_view value) const {
    return !value.empty() &&
           (values.empty() || std::find(values.begin(), values.end(), value) != values.end());
}

std::string MacroCondition::print() const {
    std::string text = name;
    for (const auto& value : values) {
        text.append(1, &value == &values.front() ? '=' : '|').append(value);
    }
    return text;
}

} // namespace base
