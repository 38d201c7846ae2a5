#include "message/lookalike.h"

#include "base/ascii.h"

#include <algorithm>

namespace message {

namespace {

constexpr std::string_view line_breaks = "\r\n";

// As find_first_of(line_breaks), which looks at every byte twice.
std::size_t find_line_break(std::string_view text, std::size_t begin) {
    const auto at = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(),
                                 [](char c) { return c == '\r' || c == '\n'; });
    return at == text.end() ? std::string_view::npos : static_cast<std::size_t>(at - text.begin());
}

// Most fields hold none: two passes at the speed of the C library.
bool has_line_break(std::string_view text) {
    return text.find('\n') != std::string_view::npos || text.find('\r') != std::string_view::npos;
}

} // namespace

bool resembles_name(std::string_view text, std::string_view name) {
    std::size_t matched = 0;
    for (const char c : text) {
        if (!base::is_visible(c)) {
            continue;
        }
        if (matched == name.size() || base::to_lower(c) != base::to_lower(name[matched])) {
            return false;
        }
        ++matched;
    }
    return matched == name.size();
}

std::vector<std::string_view> hidden_lines(std::string_view field) {
    std::vector<std::string_view> lines;
    if (!has_line_break(field)) {
        return lines;
    }
    for (auto end = find_line_break(field, 0); end != std::string_view::npos;
         end = find_line_break(field, end)) {
        end = std::min(field.find_first_not_of(line_breaks, end), field.size());
        const std::string_view line = field.substr(end, find_line_break(field, end) - end);
        if (!line.empty() && !base::is_wsp(line.front())) {
            lines.push_back(line);
        }
    }
    return lines;
}

} // namespace message
