// A Received field cut into words and comments, and these into the parts that RFC 5321 4.4 names.
#pragma once

#include "base/result.h"
#include "message/limits.h"

#include <string>
#include <string_view>
#include <vector>

namespace message {

struct ReceivedToken {
    bool comment = false;
    std::string text; // of a comment, what stands between the outermost parentheses, unfolded

    // ASCII case-insensitive, but for a semicolon behind it.
    [[nodiscard]] bool is_word(std::string_view word) const;
};

// What stands between "from" and "by", the word behind "by", and what follows it.
struct ReceivedParts {
    bool has_from = false;
    std::vector<ReceivedToken> from;
    bool has_by = false;
    std::string by; // without a final dot or semicolon
    std::vector<ReceivedToken> rest;
};

// Refused: control characters, parentheses that do not match or lie too deep, a field that is too long, and
// whatever has "from" or "by" a second time, be it in a comment: then it cannot be told what the program
// wrote and what it was told to write.
[[nodiscard]] base::Result<ReceivedParts> split_received(std::string_view body, const Limits& limits);

// The pieces between blanks, none of them empty.
[[nodiscard]] std::vector<std::string_view> blank_separated(std::string_view text);

} // namespace message
