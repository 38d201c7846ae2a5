#include "message/lookalike.h"

#include "base/ascii.h"

#include <utility>

namespace message {

namespace {

// Calls `take` with each piece between separators. The C library looks for one octet much faster than for
// several.
template <class Take>
void for_each_piece(std::string_view text, char separator, const Take& take) {
    for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
        take(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    take(text);
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
    bool begins = true;
    for_each_piece(field, '\n', [&](std::string_view part) {
        for_each_piece(part, '\r', [&](std::string_view line) {
            if (!std::exchange(begins, false) && !line.empty() && !base::is_wsp(line.front())) {
                lines.push_back(line);
            }
        });
    });
    return lines;
}

} // namespace message
