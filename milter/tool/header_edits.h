// A message text with a filter's edits applied, as an MTA would store it.
#pragma once

#include "milter/tool/probe/milter_client.h"

#include <string>
#include <string_view>
#include <vector>

namespace milter::tool {

// True when the first line of `text` ends in CRLF.
[[nodiscard]] bool uses_crlf(std::string_view text);
// CRLF and LF line ends in the way of the other text.
[[nodiscard]] std::string with_line_ends(std::string_view text, bool crlf);

// `fields` are whole header fields, CRLF folds, no final CRLF. `leading_space`: whether values bring their
// own blank after the colon. Edits that concern no field are passed over.
void apply_header_edits(std::vector<std::string>& fields, const std::vector<Edit>& edits, bool leading_space);

} // namespace milter::tool
