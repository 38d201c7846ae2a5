// A message as one text, split into header block and body (RFC 5322 2.1).
#pragma once

#include "base/result.h"
#include "message/header_list.h"
#include "message/limits.h"

#include <string>
#include <string_view>

namespace message {

struct Message {
    HeaderList headers;
    std::string body; // CRLF lines
};

// Accepts LF and CRLF line ends. A first line "From " as mbox files have it is skipped. A block that starts
// with a blank character has no first field to continue: that line becomes a field that is not well_formed.
// Refused when a limit is exceeded.
[[nodiscard]] base::Result<Message> parse_message(std::string_view text, const Limits& limits = {});

} // namespace message
