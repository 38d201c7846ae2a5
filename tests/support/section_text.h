// Lines of YAML in the section that they belong to.
#pragma once

#include "config/schema.h"

#include <fmt/format.h>

#include <string>

namespace test {

// One line below a section, which may stand below another one.
inline std::string in_section(const config::Section& section, const std::string& line) {
    if (section.name.empty()) {
        return line;
    }
    if (!section.is_inner()) {
        return fmt::format("{}:\n  {}", section.name, line);
    }
    const auto outer = section.name.substr(0, section.name.find('.'));
    return fmt::format("{}:\n  {}:\n    {}", outer, section.own_name(), line);
}

} // namespace test
