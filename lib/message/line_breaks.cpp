#include "message/line_breaks.h"

#include "base/ascii.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace message {

namespace {

constexpr auto npos = std::string_view::npos;

// Whether the CRLF at `position` folds the field.
bool is_fold(std::string_view text, std::size_t position) {
    return position + 2 < text.size() && text[position] == '\r' && text[position + 1] == '\n' &&
           base::is_wsp(text[position + 2]);
}

// LF, VT, FF and CR; FS, GS and RS.
bool ends_line(char c) {
    return (c >= '\n' && c <= '\r') || (c >= '\x1c' && c <= '\x1e');
}

// Whether some of eight octets are below 0x20: subtracting it borrows there, and only from there.
bool holds_control(const char* octets) {
    constexpr std::uint64_t each = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, octets, sizeof word);
    return ((word - each * 0x20) & ~word & (each * 0x80)) != 0;
}

// The next octet from `position` on at which somebody ends a line. Every octet of a header passes through
// here, most of them eight at a time.
std::size_t find_line_end(std::string_view text, std::size_t position) {
    for (; position < text.size(); ++position) {
        while (position + 8 <= text.size() && !holds_control(text.data() + position)) {
            position += 8;
        }
        if (position < text.size() && ends_line(text[position])) {
            return position;
        }
    }
    return npos;
}

} // namespace

bool has_stray_line_break(std::string_view field) {
    for (auto end = find_line_end(field, 0); end != npos; end = find_line_end(field, end + 2)) {
        if (!is_fold(field, end)) {
            return true;
        }
    }
    return false;
}

bool has_stray_line_break(const HeaderList& headers) {
    return std::any_of(headers.begin(), headers.end(),
                       [](const HeaderField& field) { return has_stray_line_break(field.text()); });
}

std::string without_stray_line_breaks(std::string_view text) {
    std::string mended(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_fold(text, i)) {
            ++i; // past its LF
        } else if (ends_line(text[i])) {
            mended[i] = ' ';
        }
    }
    return mended;
}

} // namespace message
