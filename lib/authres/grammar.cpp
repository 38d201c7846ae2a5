#include "authres/grammar.h"

#include "base/ascii.h"

#include <algorithm>

namespace authres {

bool is_token_character(char c) {
    constexpr std::string_view tspecials = "()<>@,;:\\\"/[]?=";
    return base::is_visible(c) && tspecials.find(c) == std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_keyword_character(char c) {
    return base::is_alnum(c) || c == '-';
}

bool is_keyword(std::string_view text) {
    return !text.empty() && text.back() != '-' && std::all_of(text.begin(), text.end(), is_keyword_character);
}

} // namespace authres
