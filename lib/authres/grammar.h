// The words of RFC 8601 2.2 that the writer and the reader must agree on.
#pragma once

#include <string_view>

namespace authres {

// RFC 2045 5.1: a token is printable ASCII without blanks and tspecials.
[[nodiscard]] bool is_token_character(char c);
[[nodiscard]] bool is_token(std::string_view text);

// RFC 5321 4.1.2: Keyword = Ldh-str, letters and digits with hyphens that are not last.
[[nodiscard]] bool is_keyword_character(char c);
[[nodiscard]] bool is_keyword(std::string_view text);

} // namespace authres
