#include "config/import/postfix_reference.h"

#include "base/ascii.h"

namespace config::import {

namespace {

bool is_name(char c) {
    return base::is_alnum(c) || c == '_';
}

// Behind the bracket that closes the one at `at`; npos: none does, or it is too far away.
std::size_t behind_bracket(std::string_view text, std::size_t at) {
    constexpr std::size_t longest = 4096;
    text = text.substr(0, at + longest);
    const char open = text[at], close = open == '{' ? '}' : ')';
    int depth = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
        if (depth == 0) {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

// "{text}" or "text".
std::string_view without_braces(std::string_view text) {
    text = base::trim_wsp(text);
    return text.starts_with('{') && text.ends_with('}') ? text.substr(1, text.size() - 2) : text;
}

// postconf(5): "?text", ":text", "?{text}:{text}" behind a name.
bool read_choice(std::string_view text, PostfixReference& reference) {
    if (text.starts_with(':')) {
        reference.if_empty = without_braces(text.substr(1));
        return true;
    }
    if (!text.starts_with('?')) {
        return false;
    }
    text.remove_prefix(1);
    const auto end = text.starts_with('{') ? behind_bracket(text, 0) : text.size();
    if (end == std::string_view::npos) {
        return false;
    }
    reference.if_set = without_braces(text.substr(0, end));
    const auto rest = base::trim_wsp(text.substr(end));
    reference.if_empty = rest.starts_with(':') ? without_braces(rest.substr(1)) : std::string_view();
    return true;
}

} // namespace

std::optional<std::string> PostfixReference::replacement(const std::string* value) const {
    if (!is_plain) {
        return value != nullptr && !value->empty() ? if_set : if_empty;
    }
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<PostfixReference> read_reference(std::string_view text, std::size_t at) {
    if (text[at] != '$' || at + 1 == text.size()) {
        return std::nullopt;
    }
    const bool closes = text[at + 1] == '{' || text[at + 1] == '(';
    const std::size_t begin = at + (closes ? 2 : 1);
    PostfixReference reference;
    std::size_t end = begin;
    while (end < text.size() && is_name(text[end])) {
        ++end;
    }
    reference.name = text.substr(begin, end - begin);
    reference.end = end;
    if (closes) {
        reference.end = behind_bracket(text, at + 1);
        if (reference.end == std::string_view::npos) {
            return std::nullopt;
        }
        reference.is_plain = end + 1 == reference.end;
        if (!reference.is_plain && !read_choice(text.substr(end, reference.end - 1 - end), reference)) {
            return std::nullopt;
        }
    }
    return reference.name.empty() ? std::nullopt : std::optional(std::move(reference));
}

} // namespace config::import
