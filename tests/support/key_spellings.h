// The ways in which a key is pasted where it does not belong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace test {

inline std::string url_safe(std::string text) {
    for (char& c : text) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return text.substr(0, text.find('='));
}

inline std::string broken(const std::string& text, std::size_t width, const std::string& gap) {
    std::string words;
    for (std::size_t at = 0; at < text.size(); at += width) {
        words += (at == 0 ? "" : gap) + text.substr(at, width);
    }
    return words;
}

inline std::string hex(const std::string& octets) {
    constexpr std::string_view all = "0123456789abcdef";
    std::string digits;
    for (const char c : octets) {
        const unsigned octet = static_cast<unsigned char>(c);
        digits += all[octet >> 4U];
        digits += all[octet & 15U];
    }
    return digits;
}

} // namespace test
