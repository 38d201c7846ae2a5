#include "dkim/quoted_printable.h"

#include "base/ascii.h"
#include "tag_list/tag_list.h"

#include <fmt/format.h>

namespace dkim {

namespace {

// RFC 6376 2.11: dkim-safe-char is %x21-3A / %x3C / %x3E-7E.
bool is_safe(char c) {
    return (base::is_visible(c) && c != ';' && c != '=') || !base::is_ascii(c);
}

int hex_value(char c) {
    return base::is_digit(c) ? c - '0' : base::to_lower(c) - 'a' + 10;
}

} // namespace

std::optional<std::string> decode_quoted_printable(std::string_view text) {
    const std::string dense = tag_list::remove_fws(text);
    std::string bytes;
    bytes.reserve(dense.size());
    for (std::size_t i = 0; i < dense.size(); ++i) {
        if (dense[i] != '=') {
            if (!is_safe(dense[i])) {
                return std::nullopt;
            }
            bytes += dense[i];
            continue;
        }
        // RFC 6376 2.11: hex-octet = "=" 2HEXDIG; ABNF strings have no case.
        if (i + 2 >= dense.size() || !base::is_hex(dense[i + 1]) || !base::is_hex(dense[i + 2])) {
            return std::nullopt;
        }
        bytes += static_cast<char>(hex_value(dense[i + 1]) * 16 + hex_value(dense[i + 2]));
        i += 2;
    }
    return bytes;
}

std::string encode_quoted_printable(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        // RFC 8616 5: UTF-8 need not be encoded in internationalized mail; encoded, it may stand in any.
        if (is_safe(c) && base::is_ascii(c)) {
            text += c;
        } else {
            text += fmt::format("={:02X}", static_cast<unsigned char>(c));
        }
    }
    return text;
}

} // namespace dkim
