#include "message/lookalike.h"

#include "base/ascii.h"
#include "message/line_breaks.h"

#include <array>

namespace message {

namespace {

// At which octets readers end a line: those of Unix, those who take CR as well, and Python's splitlines().
constexpr std::array<std::string_view, 3> line_ends = {"\n", "\r\n", "\r\n\v\f\x1c\x1d\x1e"};

void add_lines(std::string_view field, std::string_view ends, std::vector<std::string_view>& lines) {
    for (auto end = field.find_first_of(ends); end != std::string_view::npos;
         end = field.find_first_of(ends)) {
        field.remove_prefix(end + 1);
        const std::string_view line = field.substr(0, field.find_first_of(ends));
        if (!line.empty() && !base::is_wsp(line.front())) {
            lines.push_back(line);
        }
    }
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
    if (has_stray_line_break(field)) {
        for (const std::string_view ends : line_ends) {
            add_lines(field, ends, lines);
        }
    }
    return lines;
}

} // namespace message
