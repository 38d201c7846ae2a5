// What some readers take for a header field although it is not one, or for a field of another name.
//
// Not every reader that comes after us follows RFC 5322: some end a line at a lone CR or LF or at other
// controls (message/line_breaks.h), some drop bytes from a name that no name can hold. Forgers rely on that.
#pragma once

#include <string_view>
#include <vector>

namespace message {

// True when nothing but bytes that no field name can hold (blanks, controls, 8-bit) parts `text` from `name`,
// ASCII letters in either case.
[[nodiscard]] bool resembles_name(std::string_view text, std::string_view name);

// The lines inside one field that such readers take for fields of their own: they begin behind what ends a
// line to the reader, and not with a blank. A proper fold hides nothing, its line begins with a blank.
// Readers differ in where a line ends, so lines may overlap.
[[nodiscard]] std::vector<std::string_view> hidden_lines(std::string_view field);

} // namespace message
