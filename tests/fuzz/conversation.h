// A milter conversation out of a fuzz input, in any order, legal or not.
//
// Each event is a letter, a space and its text, and ends at an LF that does not follow a CR:
//
//     C 192.0.2.1           connect; no address: a local client
//     H mx.example.org      HELO
//     M <ann@example.org>   MAIL FROM
//     R <bob@example.net>   RCPT TO
//     L From: <a@b.example> a header field; folds as CRLF and a blank
//     N                     end of header
//     B line\r\n            a piece of the body
//     E                     end of message
//     A                     abort
//     F                     an internal error
//
// In texts \r, \n, \0 and \\ stand for these octets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

struct Event {
    char kind = 0;
    std::string text;
};

// At most as many as make sense; letters that mean nothing are passed over.
[[nodiscard]] std::vector<Event> read_conversation(std::string_view input);

} // namespace fuzz
