#include "message/encoded_words.h"

#include "base/ascii.h"

#include <cstdint>
#include <optional>

namespace message {

namespace {

int hex_value(char c) {
    return base::is_digit(c) ? c - '0' : base::to_lower(c) - 'a' + 10;
}

// RFC 2047 4.2. What is not hexadecimal stands for itself.
std::string decode_q(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '=' && i + 2 < text.size() && base::is_hex(text[i + 1]) && base::is_hex(text[i + 2])) {
            decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i] == '_' ? ' ' : text[i];
        }
    }
    return decoded;
}

// RFC 2047 4.1, with or without its padding. What is no digit is left out.
std::string decode_b(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string decoded;
    std::uint32_t bits = 0;
    std::size_t count = 0;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) {
            continue;
        }
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            decoded += static_cast<char>(bits >> count & 0xff);
        }
    }
    return decoded;
}

struct Word {
    std::string octets;
    std::size_t size = 0; // of the encoded word
};

// RFC 2047 2: encoded-word = "=?" charset "?" encoding "?" encoded-text "?=". The text begins with it.
std::optional<Word> take_word(std::string_view text) {
    const auto charset_end = text.find('?', 2);
    const bool any = charset_end < text.size() - 2 && text[charset_end + 2] == '?';
    const char encoding = any ? base::to_lower(text[charset_end + 1]) : '\0';
    const auto end =
        encoding == 'q' || encoding == 'b' ? text.find("?=", charset_end + 3) : std::string_view::npos;
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view encoded = text.substr(charset_end + 3, end - charset_end - 3);
    Word word{encoding == 'q' ? decode_q(encoded) : decode_b(encoded), end + 2};
    std::erase(word.octets, '\0'); // what ASCII is in UTF-16
    return word;
}

} // namespace

bool holds_encoded_word(std::string_view text) {
    const auto start = text.find("=?");
    return start != std::string_view::npos && text.find("?=", start + 2) != std::string_view::npos;
}

std::string decode_encoded_words(std::string_view text) {
    std::string decoded;
    bool behind_word = false;
    const auto last =
        text.rfind("?="); // nothing behind it can be a word, so that no end is searched for in vain
    std::size_t position = 0;
    for (auto start = text.find("=?"); start < last && last != std::string_view::npos;
         start = text.find("=?", position)) {
        const std::string_view between = text.substr(position, start - position);
        const auto word = take_word(text.substr(start));
        if (!word || !behind_word || between.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            decoded += between;
        }
        decoded += word ? std::string_view(word->octets) : text.substr(start, 2);
        behind_word = word.has_value();
        position = start + (word ? word->size : 2);
    }
    return decoded += text.substr(position);
}

} // namespace message
