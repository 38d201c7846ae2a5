// What must hold of everything that is written into headers, replies and logs, whatever came in. Each check
// says what is wrong, or nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace test {

inline bool is_printable(char c) {
    return c >= 0x20 && c <= 0x7e;
}

// One line of printable ASCII: a reply, a log line, a label.
inline std::string problem_with_line(std::string_view line, std::size_t longest) {
    if (!std::all_of(line.begin(), line.end(), is_printable)) {
        return "a byte that is not printable ASCII";
    }
    return line.size() > longest ? "too long" : "";
}

// One physical line of a header field.
inline std::string problem_with_physical_line(std::string_view line, bool first) {
    constexpr std::size_t longest = 998; // RFC 5322 2.1.1
    if (!std::all_of(line.begin(), line.end(), [](char c) { return is_printable(c) || c == '\t'; })) {
        return "a byte that is not printable ASCII";
    }
    if (line.size() > longest) {
        return "a line over 998 octets";
    }
    if (!first && !line.starts_with(' ') && !line.starts_with('\t')) {
        return "a fold without a blank";
    }
    return line.find_first_not_of(" \t") == std::string_view::npos ? "a line of blanks alone" : "";
}

// A header field's body as milter::HeaderInsertion holds it: a space in front, folds as CRLF and a blank,
// nothing else outside of printable ASCII, no line over 998 octets, no line of blanks alone, not more than
// `largest` in all.
inline std::string problem_with_field(std::string_view name, std::string_view body,
                                      std::size_t largest = 16384) {
    if (!body.starts_with(' ')) {
        return "no space in front";
    }
    if (body.size() > largest) {
        return "a field too large";
    }
    const std::string text = std::string(name) + ':' + std::string(body);
    std::string_view rest = text;
    for (bool first = true; !rest.empty(); first = false) {
        const auto end = rest.find("\r\n");
        if (auto problem = problem_with_physical_line(rest.substr(0, end), first); !problem.empty()) {
            return problem;
        }
        if (end != std::string_view::npos && end + 2 == rest.size()) {
            return "a line end at the end";
        }
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    }
    return {};
}

} // namespace test
