// What must hold for everything that goes into a message's header or onto the wire, whatever came in.
#pragma once

#include "authres/result.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace fuzz {

// Printable ASCII without CR or LF.
[[nodiscard]] bool is_one_line(std::string_view text);

// A field body as it is handed to the MTA: printable ASCII, folds as CRLF and a blank, no line of blanks
// alone, no line over 998 octets with the field's name in front (RFC 5322 2.1.1).
void require_writable(std::string_view name, std::string_view body);

// An Authentication-Results body that says `results` in the name of `id`: it is writable, our own parser
// reads these methods and results back in their order, printing what was read gives the same text, and
// whoever removes forged fields would know it for ours.
void require_our_results(std::string_view id, std::string_view body,
                         const std::vector<authres::MethodResult>& results);

} // namespace fuzz
