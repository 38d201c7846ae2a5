// Writing an Authentication-Results field (RFC 8601 2.2).
#pragma once

#include "authres/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace authres {

// Octets of an id, a value, a reason or a comment: with every one of them escaped the line still ends before
// 998.
inline constexpr std::size_t max_value = 450;

// True when `id` may stand as authserv-id: a MIME token or a text that a quoted string can hold; printable
// ASCII.
[[nodiscard]] bool is_authserv_id(std::string_view id);

// The field's body without the leading space: "mx.example.org;\r\n\tspf=pass
// smtp.mailfrom=example.org;\r\n\t...". One method a line, folded further so that no line is longer than 78
// octets where a fold is possible and never longer than 998. Whatever the values hold, the text is printable
// ASCII and re-parses to the same list. Values that are no token are quoted (an address outside its domain
// only). A property whose value is not printable ASCII, or longer than max_value octets, is left out, because
// what remains of an identity is another one. Reasons and comments lose such bytes, comments parentheses and
// backslashes too, and end at max_value octets. A result, and a property, whose name is no keyword is left
// out. No results: "; none".
[[nodiscard]] std::string format(std::string_view authserv_id, const std::vector<MethodResult>& results);

} // namespace authres
