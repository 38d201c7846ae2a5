#include "message/lookalike.h"

#include "base/ascii.h"

#include <algorithm>

namespace message {

namespace {

constexpr std::string_view line_breaks = "\r\n";

// As find_first_of(line_breaks), in two fast passes. Most fields hold none.
std::size_t find_line_break(std::string_view text, std::size_t begin) {
    const auto feed = text.find('\n', begin);
    return std::min(text.substr(0, feed).find('\r', begin), feed);
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
