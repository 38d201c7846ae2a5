// ASCII character classes and comparisons that no locale can change.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace base {

constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_alpha(char c) {
    return is_lower(c) || is_upper(c);
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alnum(char c) {
    return is_alpha(c) || is_digit(c);
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
// RFC 5234 B.1: WSP
constexpr bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}
// RFC 5234 B.1: VCHAR
constexpr bool is_visible(char c) {
    return c >= 0x21 && c <= 0x7e;
}
constexpr bool is_printable(char c) {
    return c == ' ' || is_visible(c);
}
constexpr bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr char to_lower(char c) {
    return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] bool istarts_with(std::string_view text, std::string_view prefix);
[[nodiscard]] bool all_ascii(std::string_view text);
[[nodiscard]] bool all_printable(std::string_view text); // is_printable() of each

// Without leading and trailing SP and TAB.
[[nodiscard]] std::string_view trim_wsp(std::string_view text);
// Without leading and trailing SP, TAB, CR and LF, as folding white space is trimmed.
[[nodiscard]] std::string_view trim_fws(std::string_view text);

// The pieces between separators; always at least one, pieces may be empty.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// For logs and terminals: bytes that are not printable and the backslash become \xNN; more than `limit` bytes
// of input end in "...". The result is one line of printable ASCII whatever came in.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 1024);
// The same but for the backslash, which stays: for text that quotes what went through printable() already.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit = 1024);

} // namespace base
