// Bounds on what one message may hold. Going over a limit is reported, never cut silently: what was cut could
// hide a forged field.
#pragma once

#include <cstddef>

namespace message {

struct Limits {
    std::size_t header_fields = 1000;
    std::size_t header_bytes = std::size_t{256} * 1024; // the whole block
    std::size_t header_field_bytes =
        std::size_t{64} * 1024;     // one field; Postfix shows a filter at most 60,000
    std::size_t mailboxes = 100;    // addresses in one From field
    std::size_t comment_depth = 32; // parentheses within parentheses
    std::size_t path_bytes = 2048;  // a MAIL FROM path with its brackets; RFC 5321 4.5.3.1.3 asks for 256
    std::size_t received_bytes = std::size_t{16} * 1024; // a Received field that is read
};

} // namespace message
