// Names of header fields: what may come in, and what we write ourselves.
#pragma once

#include <cstddef>
#include <string_view>

namespace message {

// RFC 5322 3.6.8: ftext is any printable ASCII character but the colon.
[[nodiscard]] bool is_field_name(std::string_view name);

// What is written must fit a line of 998 octets (RFC 5322 2.1.1).
inline constexpr std::size_t longest_own_field_name = 900;

// A name that we are told to write, into a field of our own or into the h= of a signature. No field bears
// the rest of what RFC 5322 3.6.8 admits: it comes of lists and patterns, and a semicolon would end h=.
[[nodiscard]] bool is_own_field_name(std::string_view name);

} // namespace message
