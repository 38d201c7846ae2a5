#include "message/lexer.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <fmt/format.h>

#include <utility>

namespace message {

bool is_atext(char c) {
    constexpr std::string_view specials = "()<>[]:;@\\,.\""; // RFC 5322 3.2.3
    return base::is_visible(c) && specials.find(c) == std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
    char previous = '.';
    for (const char c : text) {
        const bool dot = c == '.';
        if (dot ? previous == '.' : base::is_ascii(c) && !is_atext(c)) {
            return false;
        }
        previous = c;
    }
    return previous != '.';
}

std::size_t character_length(std::string_view text) {
    const std::size_t length = base::utf8_length(text);
    const bool c1_control = length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
    return length == 0 || c1_control || base::is_control(text[0]) ? 0 : length;
}

std::string quote(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += '\\';
        }
        quoted += c;
    }
    return quoted + '"';
}

bool Lexer::take(char c) {
    if (!next_is(c)) {
        return false;
    }
    ++position_;
    return true;
}

bool Lexer::fail_at(std::string why, std::size_t position) {
    if (!error_) {
        error_ = base::ParseError{std::move(why), position};
    }
    return false;
}

// RFC 5322 3.2.2: blanks, or a CRLF with a blank after it. Unfolding removes the CRLF and nothing else.
bool Lexer::take_fold(std::string& into) {
    if (take('\r')) {
        if (!take('\n') || at_end() || !base::is_wsp(text_[position_])) {
            return fail("a line break that is no fold");
        }
    }
    into += text_[position_++];
    return true;
}

// RFC 5322 3.2.1: quoted-pair = "\" (VCHAR / WSP); RFC 6532 3.2 adds UTF-8 to VCHAR.
bool Lexer::take_quoted_pair(std::string& into) {
    ++position_;
    if (at_end()) {
        return fail("a backslash at the end");
    }
    if (base::is_wsp(text_[position_])) {
        into += text_[position_++];
        return true;
    }
    return take_character(into);
}

bool Lexer::take_character(std::string& into) {
    const std::string_view rest = text_.substr(position_);
    const std::size_t length = character_length(rest);
    if (length == 0) {
        return fail("a control character, or bytes that are not UTF-8");
    }
    into += rest.substr(0, length);
    position_ += length;
    return true;
}

// Whatever may stand inside a quoted string or a comment besides their delimiters.
bool Lexer::take_inside(std::string& into) {
    const char c = text_[position_];
    if (c == '\\') {
        return take_quoted_pair(into);
    }
    return c == '\r' || base::is_wsp(c) ? take_fold(into) : take_character(into);
}

// RFC 5322 4.1: obs-NO-WS-CTL, which is every control character but NUL, tab and the line breaks.
bool Lexer::take_control(std::string& into) {
    const char c = text_[position_];
    if (!base::is_control(c) || std::string_view("\0\t\r\n", 4).find(c) != std::string_view::npos) {
        return false;
    }
    into += c;
    ++position_;
    return true;
}

// RFC 5322 3.2.2: comments nest. Counted, not recursed into, and only so deep.
bool Lexer::take_comment(std::string& into) {
    const std::size_t start = position_++;
    for (std::size_t depth = 1; depth > 0;) {
        if (at_end()) {
            return fail_at("a comment without end", start);
        }
        if (next_is('(') && ++depth > comment_depth_) {
            return fail(fmt::format("comments nested deeper than {}", comment_depth_));
        }
        if (next_is(')')) {
            --depth;
        }
        if (depth > 0 && !take_inside(into)) {
            return false;
        }
    }
    ++position_;
    return true;
}

bool Lexer::skip_cfws(std::vector<std::string>* comments) {
    std::string skipped;
    while (!at_end()) {
        const char c = text_[position_];
        skipped.clear();
        if (c == '(') {
            if (!take_comment(skipped)) {
                return false;
            }
            if (comments != nullptr) {
                comments->push_back(skipped);
            }
        } else if (c == '\r' || base::is_wsp(c)) {
            if (!take_fold(skipped)) {
                return false;
            }
        } else {
            return true;
        }
    }
    return true;
}

std::optional<std::string> Lexer::take_dotted() {
    std::string dotted;
    while (!at_end()) {
        const char c = text_[position_];
        if (base::is_ascii(c) && c != '.' && !is_atext(c)) {
            break;
        }
        if (!take_character(dotted)) {
            return std::nullopt;
        }
    }
    return dotted;
}

template <class TakeInside>
std::optional<std::string> Lexer::take_quoted(TakeInside inside) {
    const std::size_t start = position_++;
    std::string content;
    while (!take('"')) {
        if (at_end()) {
            fail_at("a quoted string without end", start);
            return std::nullopt;
        }
        if (!inside(content)) {
            return std::nullopt;
        }
    }
    return content;
}

std::optional<std::string> Lexer::take_quoted_string() {
    return take_quoted([this](std::string& into) { return take_inside(into); });
}

std::optional<std::string> Lexer::take_obsolete_quoted_string() {
    return take_quoted([this](std::string& into) { return take_control(into) || take_inside(into); });
}

// RFC 5322 3.4.1: dtext is printable ASCII but brackets and the backslash; folding white space may surround
// it.
std::optional<std::string> Lexer::take_domain_literal() {
    const std::size_t start = position_++;
    std::string literal = "[";
    std::string blanks;
    while (!take(']')) {
        if (at_end() || next_is('[') || next_is('\\')) {
            fail_at("a malformed address literal", start);
            return std::nullopt;
        }
        const char c = text_[position_];
        if (c == '\r' || base::is_wsp(c) ? !take_fold(blanks) : !take_character(literal)) {
            return std::nullopt;
        }
    }
    return literal + ']';
}

} // namespace message
