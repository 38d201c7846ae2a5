// What relaxed body canonicalization does to blanks (RFC 6376 3.4.4), many octets at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace dkim {

struct Squeezed {
    std::size_t read = 0;    // octets of the text
    std::size_t written = 0; // octets of the room
};

// Runs of SP and TAB become one SP, and nothing in front of CRLF. Goes on as long as there is room for what a
// step may write, and as the text goes beyond the step: up to 130 octets of its end are not read. What is
// read is decided, so that the rest can be looked at by itself; `room` may be written to beyond `written`.
[[nodiscard]] Squeezed squeeze_blanks(std::string_view text, std::span<char> room);

} // namespace dkim
