// What is to be done with a message, as data. The milter callbacks carry it out.
#pragma once

#include "authenticate/disposition.h"

#include <cstddef>
#include <string>
#include <vector>

namespace milter::session {

struct HeaderDeletion {
    std::string name;
    std::size_t instance = 1; // 1-based among the fields of that name, in the message as received
};

// A new body for a field, which stays where it is.
struct HeaderChange {
    std::string name;
    std::size_t instance = 1; // as in HeaderDeletion
    std::string body;         // as in HeaderInsertion, and never empty
};

// Fields go to the top of the message, in list order: the last one ends up first.
struct HeaderInsertion {
    std::string name;
    std::string body; // starts with one space, folds as CRLF and a blank, no CRLF at the end
};

enum class Reply {
    proceed,  // deliver, as far as we are concerned
    tempfail, // 4xx: try again later
    reject,   // 5xx
    discard,  // 250, and nobody ever sees it
};

struct Actions {
    Reply reply = Reply::proceed;
    std::string code;                      // "451"; empty but with tempfail and reject
    std::string enhanced;                  // "4.7.1" (RFC 3463)
    std::string text;                      // one line of printable ASCII
    std::string hold_reason;               // not empty: the mail server holds the message (quarantine)
    std::vector<HeaderChange> changes;     // come before the deletions
    std::vector<HeaderDeletion> deletions; // highest instance first, so that none is renumbered on the way
    std::vector<HeaderInsertion> insertions;
};

[[nodiscard]] Actions tempfail(std::string text);
[[nodiscard]] Actions reject(std::string code, std::string enhanced, std::string text);
[[nodiscard]] Actions actions_for(const authenticate::Disposition& disposition);

} // namespace milter::session
