#include "message/body_lines.h"

namespace message {

std::string CrlfNormalizer::update(std::string_view piece) {
    std::string lines;
    lines.reserve(piece.size() + piece.size() / 32 + 2);
    for (const char c : piece) {
        if (c == '\n') {
            lines += "\r\n";
            held_cr_ = false;
            continue;
        }
        if (held_cr_) {
            lines += '\r';
        }
        held_cr_ = c == '\r';
        if (!held_cr_) {
            lines += c;
        }
    }
    return lines;
}

std::string CrlfNormalizer::finish() {
    const bool held = held_cr_;
    held_cr_ = false;
    return held ? "\r" : "";
}

} // namespace message
