#include "base/utf8.h"

#include <cstdint>

namespace base {

namespace {

// What the first octet promises: the length, and the range of the second octet that keeps out overlong forms,
// surrogates and values beyond U+10FFFF (RFC 3629 4).
struct Lead {
    std::size_t length = 0;
    std::uint8_t lowest_second = 0x80;
    std::uint8_t highest_second = 0xbf;
};

constexpr Lead classify(std::uint8_t first) {
    if (first < 0x80) {
        return {.length = 1};
    }
    if (first < 0xc2 || first > 0xf4) {
        return {};
    }
    if (first < 0xe0) {
        return {.length = 2};
    }
    if (first < 0xf0) {
        return {.length = 3,
                .lowest_second = first == 0xe0 ? std::uint8_t{0xa0} : std::uint8_t{0x80},
                .highest_second = first == 0xed ? std::uint8_t{0x9f} : std::uint8_t{0xbf}};
    }
    return {.length = 4,
            .lowest_second = first == 0xf0 ? std::uint8_t{0x90} : std::uint8_t{0x80},
            .highest_second = first == 0xf4 ? std::uint8_t{0x8f} : std::uint8_t{0xbf}};
}

} // namespace

std::size_t utf8_length(std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    const auto octet = [text](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
    const Lead lead = classify(octet(0));
    if (lead.length == 0 || lead.length > text.size()) {
        return 0;
    }
    if (lead.length > 1 && (octet(1) < lead.lowest_second || octet(1) > lead.highest_second)) {
        return 0;
    }
    for (std::size_t i = 2; i < lead.length; ++i) {
        if ((octet(i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    return lead.length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

} // namespace base
