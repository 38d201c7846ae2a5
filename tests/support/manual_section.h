// Sections of a manual page that are made from a table of the program.
#pragma once

#include "support/file_contents.h"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace test {

// The term on a line, its meaning below, folded.
inline std::string definition(const std::string& term, std::string_view meaning) {
    constexpr std::size_t width = 118;
    std::string text = "\n" + term + "\n:";
    std::istringstream words{std::string(meaning)};
    std::size_t column = 1;
    for (std::string word; words >> word; column += word.size() + 1) {
        if (column + 1 + word.size() > width) {
            text += "\n ";
            column = 1;
        }
        text += " " + word;
    }
    return text + "\n";
}

// The manual with another body of a section; nothing where it has no such section.
inline std::string with_section(const std::string& heading, const std::string& body, std::string manual) {
    const std::string first = "\n## " + heading + "\n";
    const auto begin = manual.find(first);
    if (begin == std::string::npos) {
        return {};
    }
    const auto end = std::min(manual.find("\n## ", begin + 1), manual.size());
    return manual.replace(begin, end - begin, first + body);
}

} // namespace test
