#include "report/text.h"

#include "base/utf8.h"

#include <cstdint>

namespace report {

namespace {

std::uint32_t code_point(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    constexpr unsigned masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    std::uint32_t value = first & masks[character.size() - 1];
    for (const char c : character.substr(1)) {
        value = value << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    }
    return value;
}

bool is_between(std::uint32_t value, std::uint32_t low, std::uint32_t high) {
    return low <= value && value <= high;
}

// Unicode's Bidi_Control, and the separators of lines and paragraphs.
bool changes_lines(std::uint32_t value) {
    return value == 0x061c || is_between(value, 0x200e, 0x200f) || is_between(value, 0x2028, 0x202e) ||
           is_between(value, 0x2066, 0x2069);
}

bool is_allowed(std::uint32_t value) {
    return value >= 0x20 && !is_between(value, 0x7f, 0x9f) && !changes_lines(value) && value != 0xfeff &&
           (value & 0xfffeU) != 0xfffe;
}

} // namespace

std::string clean(std::string_view text, std::size_t limit) {
    std::string cleaned;
    while (!text.empty()) {
        const std::size_t length = base::utf8_length(text);
        const std::string_view character = text.substr(0, length == 0 ? 1 : length);
        const bool keep = length != 0 && is_allowed(code_point(character));
        if (cleaned.size() + (keep ? length : 1) > limit) {
            break;
        }
        cleaned += keep ? character : std::string_view("?");
        text.remove_prefix(character.size());
    }
    return cleaned;
}

bool is_clean(std::string_view text, std::size_t limit) {
    return clean(text, limit) == text;
}

} // namespace report
