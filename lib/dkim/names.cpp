#include "dkim/names.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <algorithm>

namespace dkim {

namespace {

std::optional<base::DomainName> read_name(std::string_view text, std::size_t labels) {
    auto name = text.ends_with('.') ? std::nullopt : base::DomainName::parse_international(text);
    return name && name->label_count() >= labels ? name : std::nullopt;
}

// An atom's character, a dot, or UTF-8 (RFC 5322 3.2.3, RFC 6532 3.2). Dots may stand anywhere: addresses
// with two in a row exist and mean no harm here.
bool is_local_char(char c) {
    return base::is_alnum(c) || !base::is_ascii(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_quoted_string(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
        return false;
    }
    const std::string_view inside = text.substr(1, text.size() - 2);
    bool escaped = false;
    for (const char c : inside) {
        if (base::is_control(c) || (c == '"' && !escaped)) {
            return false;
        }
        escaped = c == '\\' && !escaped;
    }
    return !escaped;
}

bool is_local_part(std::string_view text) {
    return base::is_utf8(text) &&
           (std::all_of(text.begin(), text.end(), is_local_char) || is_quoted_string(text));
}

} // namespace

std::optional<base::DomainName> read_domain_name(std::string_view text) {
    return read_name(text, 2);
}

std::optional<base::DomainName> read_selector_name(std::string_view text) {
    return read_name(text, 1);
}

bool is_field_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(),
                                        [](char c) { return base::is_visible(c) && c != ':' && c != ';'; });
}

std::optional<base::DomainName> identity_domain(std::string_view identity) {
    const auto at = identity.rfind('@');
    if (at == std::string_view::npos || !is_local_part(identity.substr(0, at))) {
        return std::nullopt;
    }
    return read_domain_name(identity.substr(at + 1));
}

} // namespace dkim
