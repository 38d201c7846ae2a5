#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace base {

std::string to_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        c = to_lower(c);
    }
    return lower;
}

bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool istarts_with(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

bool all_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_ascii(c); });
}

bool all_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return is_printable(c); });
}

namespace {

template <class IsBlank>
std::string_view trim(std::string_view text, const IsBlank& is_blank) {
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::string_view trim_wsp(std::string_view text) {
    return trim(text, is_wsp);
}

std::string_view trim_fws(std::string_view text) {
    return trim(text, [](char c) { return is_wsp(c) || c == '\r' || c == '\n'; });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return pieces;
        }
        text.remove_prefix(end + 1);
    }
}

namespace {

std::string escaped(std::string_view text, std::size_t limit, bool keep_backslash) {
    std::string shown;
    for (const char c : text.substr(0, limit)) {
        if (is_printable(c) && (c != '\\' || keep_backslash)) {
            shown += c;
        } else {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    if (text.size() > limit) {
        shown += "...";
    }
    return shown;
}

} // namespace

std::string printable(std::string_view text, std::size_t limit) {
    return escaped(text, limit, false);
}

std::string one_line(std::string_view text, std::size_t limit) {
    return escaped(text, limit, true);
}

} // namespace base
