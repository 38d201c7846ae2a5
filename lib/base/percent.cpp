#include "base/percent.h"

#include "base/ascii.h"

namespace base {

namespace {

int value_of_hex(char c) {
    return is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) {
            return std::nullopt;
        }
        decoded += static_cast<char>(value_of_hex(text[at + 1]) * 16 + value_of_hex(text[at + 2]));
        at += 2;
    }
    return decoded;
}

} // namespace base
