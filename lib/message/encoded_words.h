// Encoded words (RFC 2047), read as generously as any program might, to find out what could be hidden in
// them, never to show it.
#pragma once

#include <string>
#include <string_view>

namespace message {

[[nodiscard]] bool holds_encoded_word(std::string_view text);

// The text with the octets of all encoded words in their place, whatever the charset. RFC 2047 6.2: blanks
// between two of them go. A word that cannot be decoded stays.
[[nodiscard]] std::string decode_encoded_words(std::string_view text);

} // namespace message
