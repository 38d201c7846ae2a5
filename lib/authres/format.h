// Writing an Authentication-Results field (RFC 8601 section 2.2).
#pragma once

#include "authres/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace authres {

// True when `id` may stand as authserv-id: a MIME token or a text that a quoted string can hold; printable ASCII.
[[nodiscard]] bool is_authserv_id(std::string_view id);

// The field's body without the leading space: "mx.example.org;\r\n\tspf=pass smtp.mailfrom=example.org;\r\n\t...".
// One method a line, folded further so that no line is longer than 78 octets where a fold is possible and never longer
// than 998. Whatever the values hold, the text is printable ASCII and re-parses to the same list: values that are no token
// are quoted, bytes no quoted string can hold are dropped, comments lose parentheses, backslashes and controls. No results: "; none".
[[nodiscard]] std::string format(std::string_view authserv_id, const std::vector<MethodResult>& results);

} // namespace authres
