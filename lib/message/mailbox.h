// Addresses in an originator field (RFC 5322 section 3.4, RFC 6532): strict, because what is asserted
// authentic must be exactly what a reader displays.
//
// Of the obsolete syntax of RFC 5322 4.4 three forms are understood, because each can be read in one way
// only: a dot in a display name ("John Q. Public <...>"), a route before an address
// ("<@relay.example:ann@example.org>"), and comments around the '@'. Everything else is refused: empty list
// elements, blanks or quoted words inside a local-part, text after a closing bracket, quoted-pairs outside of
// quotes, encoded words (RFC 2047) where an address should be.
#pragma once

#include "base/result.h"
#include "message/limits.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace message {

struct Mailbox {
    std::string local_part; // unquoted, UTF-8 where the message is internationalized
    std::string domain;     // as written, comments and blanks removed; "[192.0.2.1]" for an address literal

    bool operator==(const Mailbox&) const = default;
};

// "ann@example.org", "\"ann smith\"@example.org": what both parsers read back as the same value.
[[nodiscard]] std::string print(const Mailbox& mailbox);

// The mailboxes of a From body (all that stands after the colon; folds, comments, quoted strings, groups,
// obsolete routes and 8-bit UTF-8 are understood). An empty group gives an empty list. Anything that can be
// read in more than one way is refused with the position that made it so.
[[nodiscard]] base::Result<std::vector<Mailbox>> parse_mailboxes(std::string_view body,
                                                                 const Limits& limits = {});

// The envelope address of MAIL FROM (RFC 5321 4.1.2, RFC 6531) with or without its angle brackets: a source
// route is dropped, comments do not exist. Nothing inside is the null reverse-path, which gives nullopt
// inside the result. Refused, besides what the grammar refuses: an address literal that is no IP address,
// labels a host name cannot have.
[[nodiscard]] base::Result<std::optional<Mailbox>> parse_path(std::string_view text,
                                                              const Limits& limits = {});

} // namespace message
