#include "authres/format.h"

#include "authres/grammar.h"
#include "base/ascii.h"
#include "base/domain_name.h"
#include "message/lexer.h"

#include <algorithm>

namespace authres {

namespace {

constexpr std::size_t max_line = 78 - 1; // RFC 5322 2.1.1, less the semicolon that may follow

constexpr std::size_t usual_method = 160; // octets, with its properties

std::string printable_only(std::string_view text) {
    std::string kept;
    for (const char c : text) {
        if (kept.size() == max_value) {
            break;
        }
        if (base::is_printable(c)) {
            kept += c;
        }
    }
    return kept;
}

// RFC 8601 2.2: value = token / quoted-string.
std::string value_text(const std::string& value) {
    return is_token(value) ? value : message::quote(value);
}

// RFC 8601 2.2: a property may hold an address, [local-part] "@" domain-name, and one that is meant as an
// address has to take that form, so that the domain is never inside the quotes.
std::string property_text(const std::string& value) {
    const auto at = value.rfind('@');
    if (at == std::string::npos || value.ends_with('.') ||
        !base::DomainName::parse(std::string_view(value).substr(at + 1))) {
        return value_text(value);
    }
    const std::string local_part = value.substr(0, at);
    const bool plain = local_part.empty() || message::is_dot_atom(local_part);
    return (plain ? local_part : message::quote(local_part)) + value.substr(at);
}

// A value is somebody's identity. Part of one is another's: cut at the right place,
// "@victim.example.attacker.example" is "@victim.example". So it is written as it is, or not at all.
bool can_be_shown(const Property& property) {
    return is_keyword(property.ptype) && is_keyword(property.name) && property.value.size() <= max_value &&
           base::all_printable(property.value);
}

std::string comment_text(std::string_view raw) {
    std::string text;
    for (const char c : printable_only(raw)) {
        if (c != '(' && c != ')' && c != '\\') {
            text += c;
        }
    }
    return text.empty() ? text : " (" + text + ")";
}

std::string method_text(const MethodResult& method) {
    std::string text;
    text.reserve(usual_method);
    text.append(method.method).append(1, '=').append(method.result);
    for (const std::string& comment : method.comments) {
        text += comment_text(comment);
    }
    if (const std::string reason = printable_only(method.reason); !reason.empty()) {
        text += " reason=" + value_text(reason);
    }
    for (const Property& property : method.properties) {
        if (can_be_shown(property)) {
            text.append(1, ' ').append(property.ptype).append(1, '.').append(property.name);
            text.append(1, '=').append(property_text(property.value));
        }
    }
    return text;
}

// Where the next run of blanks begins that has something before it. Every such place outside of a token is a
// place to fold: white space between words, inside a comment and inside a quoted string unfolds to what it
// was.
std::size_t next_fold(std::string_view text, std::size_t from) {
    const auto word = text.find_first_not_of(' ', from);
    return word == std::string_view::npos ? text.size() : std::min(text.find(' ', word), text.size());
}

// Appends `text` to a line that already holds `column` octets, breaking it before blanks only.
void append_folded(std::string& to, std::string_view text, std::size_t column) {
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t end = next_fold(text, position);
        if (position > 0 && column + (end - position) > max_line) {
            to += "\r\n";
            column = 0;
        }
        to += text.substr(position, end - position);
        column += end - position;
        position = end;
    }
}

bool is_writable(const MethodResult& method) {
    return is_keyword(method.method) && is_keyword(method.result);
}

} // namespace

bool is_authserv_id(std::string_view id) {
    return !id.empty() && id.size() <= max_value && base::all_printable(id);
}

std::string format(std::string_view authserv_id, const std::vector<MethodResult>& results) {
    constexpr std::size_t name_size = sizeof("Authentication-Results: ") - 1;
    constexpr std::size_t tab_size = 1;
    std::string body;
    body.reserve(usual_method * (1 + results.size()));
    append_folded(body, value_text(printable_only(authserv_id)), name_size);
    if (std::none_of(results.begin(), results.end(),
                     [](const MethodResult& method) { return is_writable(method); })) {
        return body + "; none";
    }
    for (const MethodResult& method : results) {
        if (is_writable(method)) {
            body += ";\r\n\t";
            append_folded(body, method_text(method), tab_size);
        }
    }
    return body;
}

} // namespace authres
