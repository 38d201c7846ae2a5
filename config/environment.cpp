#include "config/environment.h"

#include "base/ascii.h"
#include "config/schema.h"
#include "config/suggest.h"

#include <fmt/format.h>

#include <algorithm>

namespace config {

namespace {

constexpr std::string_view prefix = "PARAPH_";
constexpr std::string_view between = "__"; // section and setting

std::string unknown(std::string_view variable) {
    std::vector<std::string> names;
    for (const Section& section : schema()) {
        for (const Setting& setting : section.settings) {
            names.push_back(variable_name(setting.path));
        }
    }
    const auto meant = nearest(variable, {names.begin(), names.end()});
    return meant ? fmt::format("there is no such setting; did you mean {}?", *meant)
                 : "there is no such setting";
}

// Each section on a line of its own, below the one before.
std::string nested(std::string_view path, std::string_view value) {
    std::string yaml;
    std::size_t depth = 0;
    for (const std::string_view name : base::split(path, '.')) {
        yaml += fmt::format("{}{:{}}{}:", depth == 0 ? "" : "\n", "", depth, name);
        ++depth;
    }
    return yaml + fmt::format(" {}\n", value.empty() ? R"("")" : value);
}

} // namespace

std::vector<Variable> variables_of(const char* const* environment) {
    std::vector<Variable> found;
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry = *environment;
        const auto sign = entry.find('=');
        if (entry.starts_with(prefix) && sign != std::string_view::npos) {
            found.push_back({std::string(entry.substr(0, sign)), std::string(entry.substr(sign + 1))});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const Variable& a, const Variable& b) { return a.name < b.name; });
    return found;
}

std::string variable_name(std::string_view path) {
    std::string name(prefix);
    for (const char c : path) {
        if (c == '.') {
            name += between;
        } else {
            name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
    }
    return name;
}

std::string_view path_of(std::string_view variable) {
    for (const Section& section : schema()) {
        for (const Setting& setting : section.settings) {
            if (variable_name(setting.path) == variable) {
                return setting.path;
            }
        }
    }
    return {};
}

base::Result<std::string, std::string> yaml_of(const Variable& variable) {
    const std::string_view path = path_of(variable.name);
    if (path.empty()) {
        return tl::make_unexpected(unknown(variable.name));
    }
    // Otherwise it could hold other settings, and hide them.
    if (variable.value.find_first_of("\r\n") != std::string::npos) {
        return tl::make_unexpected(std::string("a value is a single line; a list is written [one, other]"));
    }
    return nested(path, variable.value);
}

} // namespace config
