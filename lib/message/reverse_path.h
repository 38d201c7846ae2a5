// Whose mail a message claims to be: the MAIL FROM path as a mail server reads it (RFC 5321 4.1.2, RFC 7208
// 4.3).
//
// parse_path() knows the grammar. Mail servers take far more: Postfix reads a path as it reads an address of
// the header, with comments, blanks and loose brackets, and sends bounces to what is left. SPF asks for the
// domain alone, so that a path outside of the grammar still has an identity, and a forger must not be able to
// throw it away. Such a path is read as Postfix does:
//
//     a..b@example.org   <@example.org>   < ann@example.org. >   ann(x)@example.org   <a@b@example.org>
//
// all belong to example.org: the last @ decides, one final dot is no part of the name.
#pragma once

#include "message/limits.h"

#include <string>
#include <string_view>

namespace message {

struct ReversePath {
    bool null = false;      // nobody: "<>", or nothing at all
    std::string local_part; // unquoted; empty where there is none
    std::string domain;     // as written; empty when there is none
    // Other programs may find another domain in it, or none. Then `domain` must not lead to a good result,
    // only to a bad one.
    bool disputed = false;
    std::string problem; // why it is no path of RFC 5321; empty for those that are
};

[[nodiscard]] ReversePath read_reverse_path(std::string_view text, const Limits& limits = {});

} // namespace message
