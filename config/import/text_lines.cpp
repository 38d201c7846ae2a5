#include "config/import/text_lines.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>

namespace config::import {

namespace {

bool is_name_of_variable(char c) {
    return base::is_upper(c) || base::is_digit(c) || c == '_';
}

// "$DOMAIN" and "__DOMAIN__": in capitals, since `$d` is LDAP's and "__" may stand in a name.
std::string_view variable_mark(std::string_view line, std::string_view sign, std::string_view end) {
    for (auto at = line.find(sign); at != std::string_view::npos; at = line.find(sign, at + 1)) {
        const std::string_view rest = line.substr(at + sign.size());
        const auto size = static_cast<std::size_t>(
            std::find_if_not(rest.begin(), rest.end(), is_name_of_variable) - rest.begin());
        const std::string_view name = rest.substr(0, size);
        constexpr std::size_t shortest = 3;
        if (size >= shortest && base::is_upper(name.front()) && name.ends_with(end)) {
            return line.substr(at, sign.size() + size);
        }
    }
    return {};
}

} // namespace

std::vector<TextLine> lines_of(std::string_view text) {
    std::vector<TextLine> lines;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        lines.push_back({++number, line});
    }
    return lines;
}

bool is_word(char c) {
    return base::is_alnum(c) || c == '_';
}

std::string_view template_mark(std::string_view line) {
    constexpr std::array<std::string_view, 5> openings{"{{", "{%", "<%", "${", "%{"};
    for (const auto opening : openings) {
        if (const auto at = line.find(opening); at != std::string_view::npos) {
            return line.substr(at, 24);
        }
    }
    if (const auto mark = variable_mark(line, "$", ""); !mark.empty()) {
        return mark;
    }
    const auto mark = variable_mark(line, "__", "__");
    const auto placeholder = line.find("_PLACEHOLDER");
    return mark.empty() && placeholder != std::string_view::npos ? line.substr(placeholder, 12) : mark;
}

std::vector<std::string> comma_list(std::string_view text) {
    std::vector<std::string> items;
    for (const auto part : base::split(text, ',')) {
        items.emplace_back(base::trim_wsp(part));
    }
    std::erase(items, "");
    return items;
}

bool is_quoted(std::string_view text) {
    return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

} // namespace config::import
