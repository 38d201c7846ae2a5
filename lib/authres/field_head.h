// The front of an Authentication-Results field, where its id belongs: by the grammar of RFC 8601 2.2, and the
// way a reader takes it that does not know comments, quotes and versions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authres {

inline constexpr std::size_t most_words = 64; // more before the first semicolon are no head of a field

// What stands before the first semicolon that is outside of quotes and comments, as the grammar reads it:
// words, decoded, without comments.
struct Head {
    std::vector<std::string> words;
    std::size_t size = 0; // up to that semicolon
    bool readable = true; // every quote and comment was closed, no backslash stood outside of them
};

// Of a text without controls.
[[nodiscard]] Head read_head(std::string_view text);

// RFC 8601 2.2: an id, and perhaps a version.
[[nodiscard]] bool follows_grammar(const Head& head);

// Control characters are dropped by some MTAs and shown by no reader; a line break of any kind parts words.
[[nodiscard]] std::string without_controls(std::string_view text);

// "i=1; mx.example.org; ..." is the form of an ARC field, which some readers take here as well; an empty id
// before the first semicolon they pass over.
[[nodiscard]] std::string_view without_instance(std::string_view text);

// Splits a text into words, `most` of them, like a reader that only looks for possible names. '=' and '@'
// belong to words, so that "smtp.mailfrom=example.org", where an id is missing, does not name example.org.
[[nodiscard]] std::vector<std::string_view> rough_words(std::string_view text, std::size_t most);

} // namespace authres
