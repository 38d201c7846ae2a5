// Line breaks inside a header field that are not folds.
//
// RFC 5322 2.2: CR and LF occur in a header as CRLF only, and within a field only before a blank (2.2.3). Any
// other one is read in two ways: for some programs the field goes on, for others the next field or the body
// begins. Attackers use this to show a field that nobody signed.
//
// For some programs VT, FF, FS, GS and RS end a line as well: Python's splitlines(), by which its email
// package writes a header, makes two fields of one that holds such an octet. They never fold.
#pragma once

#include "message/header_list.h"

#include <string>
#include <string_view>

namespace message {

// A lone CR, a lone LF, a CRLF that no blank follows, VT, FF, FS, GS or RS. `field` is a whole field without
// its final CRLF, or the body of one.
[[nodiscard]] bool has_stray_line_break(std::string_view field);
// In any of them.
[[nodiscard]] bool has_stray_line_break(const HeaderList& headers);

// The text with a blank in the place of each octet of such line breaks; the same length.
[[nodiscard]] std::string without_stray_line_breaks(std::string_view text);

} // namespace message
