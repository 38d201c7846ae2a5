// Addresses in an originator field (RFC 5322 3.4, RFC 6532), as the grammar defines them. For what other
// readers make of the same text see message/readings.h.
//
// The obsolete syntax that RFC 5322 4 says a receiver MUST accept is understood: empty members of a list or a
// group, words of a local-part with blanks and comments around the dots, or some of them quoted, the same in
// a domain, dots in a display name, a route before an address ("<@relay.example:ann@example.org>"), control
// characters in quoted strings. One dot at the end of a domain is dropped, as everywhere in mail. Refused are
// NUL and line breaks that are no folds, which the obsolete syntax allows behind a backslash and no mail
// server passes on, text after a closing bracket, quoted-pairs outside of quotes, and encoded words (RFC
// 2047) where an address should be.
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

// Octets of a text, from the first up to but without the last.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

struct AddressList {
    std::vector<Mailbox> mailboxes;
    // Where text stands that is no part of an address, and that every reader passes over: the words of a
    // display name before a '<', groups excepted, and routes. In order of appearance.
    std::vector<Span> names;
    // Blanks or comments within a local-part or a domain, or a dot behind it.
    bool has_obsolete_forms = false;
};

// A From body as the grammar has it: all that stands after the colon; folds, comments, quoted strings,
// groups, obsolete routes and 8-bit UTF-8 are understood. An empty group gives an empty list. Refused with
// the position where it goes wrong.
[[nodiscard]] base::Result<AddressList> parse_address_list(std::string_view body, const Limits& limits = {});

// The envelope address of MAIL FROM (RFC 5321 4.1.2, RFC 6531) with or without its angle brackets: a source
// route is dropped, comments do not exist. Nothing inside is the null reverse-path, which gives nullopt
// inside the result. Refused, besides what the grammar refuses: an address literal that is no IP address,
// labels a host name cannot have.
[[nodiscard]] base::Result<std::optional<Mailbox>> parse_path(std::string_view text,
                                                              const Limits& limits = {});

} // namespace message
