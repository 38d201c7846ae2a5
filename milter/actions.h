// What is to be done with a message, as data. The milter callbacks carry it out.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace milter {

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
};

struct Actions {
    Reply reply = Reply::proceed;
    std::string code;                      // "451"; empty with proceed
    std::string enhanced;                  // "4.7.1" (RFC 3463)
    std::string text;                      // one line of printable ASCII
    std::vector<HeaderChange> changes;     // come before the deletions
    std::vector<HeaderDeletion> deletions; // highest instance first, so that none is renumbered on the way
    std::vector<HeaderInsertion> insertions;
};

[[nodiscard]] inline Actions tempfail(std::string text) {
    return {.reply = Reply::tempfail,
            .code = "451",
            .enhanced = "4.3.0",
            .text = std::move(text),
            .changes = {},
            .deletions = {},
            .insertions = {}};
}

[[nodiscard]] inline Actions reject(std::string code, std::string enhanced, std::string text) {
    return {.reply = Reply::reject,
            .code = std::move(code),
            .enhanced = std::move(enhanced),
            .text = std::move(text),
            .changes = {},
            .deletions = {},
            .insertions = {}};
}

} // namespace milter
