#include "spf/macro.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace spf {

namespace {

constexpr std::string_view letters = "slodipvhcrt";
constexpr std::string_view explanation_letters = "crt"; // RFC 7208 7.2: allowed in explanations only
constexpr std::string_view delimiters = ".-+,/_=";
constexpr std::size_t max_parts = 1000; // a name has at most 127 labels: more digits ask for nothing more

// One step through a macro string: literal text, or a macro.
struct Piece {
    std::string_view literal = {}; // also what %%, %_ and %- stand for
    char letter = 0;               // as written; 0 for a literal
    std::size_t parts = 0;         // how many right-hand parts; 0 for all
    bool reverse = false;
    std::string_view delimiters = {};
};

base::Result<Piece> take_macro(std::string_view& rest, std::size_t position) {
    const auto close = rest.find('}');
    if (close == std::string_view::npos) {
        return base::refuse("a macro lacks its closing brace", position);
    }
    std::string_view body = rest.substr(2, close - 2);
    if (body.empty() || letters.find(base::to_lower(body.front())) == std::string_view::npos) {
        return base::refuse("no such macro letter", position + 2);
    }
    Piece piece{.letter = body.front()};
    body.remove_prefix(1);
    const bool counted = !body.empty() && base::is_digit(body.front());
    while (!body.empty() && base::is_digit(body.front())) {
        piece.parts = std::min(piece.parts * 10 + static_cast<std::size_t>(body.front() - '0'), max_parts);
        body.remove_prefix(1);
    }
    if (counted && piece.parts == 0) { // RFC 7208 7.3: the value must be nonzero
        return base::refuse("a macro asks for zero parts", position + 3);
    }
    if (!body.empty() && base::to_lower(body.front()) == 'r') {
        piece.reverse = true;
        body.remove_prefix(1);
    }
    if (body.find_first_not_of(delimiters) != std::string_view::npos) {
        return base::refuse("a macro holds something other than digits, r and delimiters", position + 2);
    }
    piece.delimiters = body;
    rest.remove_prefix(close + 1);
    return piece;
}

// `rest` is not empty and loses the piece. `position` is where it stands, for the error.
base::Result<Piece> take_piece(std::string_view& rest, std::size_t position) {
    if (rest.front() != '%') {
        const std::string_view literal = rest.substr(0, rest.find('%'));
        rest.remove_prefix(literal.size());
        return Piece{.literal = literal};
    }
    // RFC 7208 7.3: a percent sign before anything else than these four is a syntax error.
    const char next = rest.size() > 1 ? rest[1] : '\0';
    if (next == '{') {
        return take_macro(rest, position);
    }
    if (next != '%' && next != '_' && next != '-') {
        return base::refuse("a percent sign must be followed by {, %, _ or -", position);
    }
    rest.remove_prefix(2);
    return Piece{.literal = next == '%' ? "%" : next == '_' ? " " : "%20"};
}

using Problem = std::optional<base::ParseError>;

Problem check_literal(std::string_view literal, MacroString::Use use, std::size_t position) {
    const bool blanks = use == MacroString::Use::explanation; // RFC 7208 7.1: explain-string
    const auto bad = std::find_if_not(literal.begin(), literal.end(), [blanks](char c) {
        return blanks ? base::is_printable(c) : base::is_visible(c);
    });
    if (bad == literal.end()) {
        return std::nullopt;
    }
    return base::ParseError{"a character outside of printable ASCII",
                            position + static_cast<std::size_t>(bad - literal.begin())};
}

// `literal` tells text as it stands from what an escape stands for.
Problem check_use(const Piece& piece, bool literal, MacroString::Use use, std::size_t position) {
    if (literal) {
        return check_literal(piece.literal, use, position);
    }
    if (piece.letter == 0 || use != MacroString::Use::domain_spec ||
        explanation_letters.find(base::to_lower(piece.letter)) == std::string_view::npos) {
        return std::nullopt;
    }
    return base::ParseError{fmt::format("the macro letter {} belongs to explanations only", piece.letter),
                            position};
}

constexpr std::uint32_t bit_of(char letter) {
    return 1U << static_cast<unsigned>(letter - 'a');
}

// RFC 7208 7.1: toplabel is letters, digits and inner hyphens, and not all digits.
bool is_top_label(std::string_view label) {
    return !label.empty() && base::is_alnum(label.front()) && base::is_alnum(label.back()) &&
           std::all_of(label.begin(), label.end(), [](char c) { return base::is_alnum(c) || c == '-'; }) &&
           !std::all_of(label.begin(), label.end(), base::is_digit);
}

// RFC 7208 7.1: domain-end is a macro, or a dot and a top label. `tail` is the literal text after the last
// macro.
Problem check_domain_end(std::string_view tail, std::size_t position) {
    if (tail.empty()) {
        return std::nullopt;
    }
    std::string_view name = tail;
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) {
        return base::ParseError{"a domain name needs at least two labels", position};
    }
    const std::string_view label = name.substr(dot + 1);
    if (is_top_label(label)) {
        return std::nullopt;
    }
    const bool number = !label.empty() && std::all_of(label.begin(), label.end(), base::is_digit);
    return base::ParseError{number ? "a domain name cannot end in a number; addresses belong to ip4 and ip6"
                                   : "the last label of a domain name is malformed",
                            position + dot + 1};
}

std::string dotted_nibbles(const base::IpAddress& address) {
    std::string text;
    for (const std::uint8_t byte : address.bytes()) {
        text += fmt::format("{}{:X}.{:X}", text.empty() ? "" : ".", byte >> 4, byte & 0xf);
    }
    return text;
}

std::string value_of(char letter, const MacroValues& values) {
    switch (letter) {
    case 's':
        return fmt::format("{}@{}", values.local_part, values.sender_domain);
    case 'l':
        return std::string(values.local_part);
    case 'o':
        return std::string(values.sender_domain);
    case 'd':
        return std::string(values.domain);
    case 'i':
        return values.client.is_v4() ? values.client.print() : dotted_nibbles(values.client);
    case 'p':
        return values.validated_name;
    case 'v':
        return values.client.is_v4() ? "in-addr" : "ip6";
    case 'h':
        return std::string(values.helo);
    case 'c':
        return values.client.print();
    case 'r':
        return values.receiver.empty() ? "unknown" : std::string(values.receiver);
    case 't':
        return std::to_string(values.now);
    }
    return {}; // parse lets no other letter in
}

// RFC 7208 7.3: split, reverse, keep the right-hand parts, join with dots whatever the delimiters were.
std::string transform(std::string_view value, const Piece& piece) {
    std::vector<std::string_view> parts;
    const std::string_view separators = piece.delimiters.empty() ? "." : piece.delimiters;
    for (std::string_view rest = value;;) {
        const auto end = rest.find_first_of(separators);
        parts.push_back(rest.substr(0, end));
        if (end == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(end + 1);
    }
    if (piece.reverse) {
        std::reverse(parts.begin(), parts.end());
    }
    const std::size_t dropped =
        piece.parts == 0 || piece.parts > parts.size() ? 0 : parts.size() - piece.parts;
    return fmt::format("{}",
                       fmt::join(parts.begin() + static_cast<std::ptrdiff_t>(dropped), parts.end(), "."));
}

// RFC 7208 7.3: everything but the unreserved characters of RFC 3986 2.3.
std::string url_escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (base::is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            escaped += c;
        } else {
            escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return escaped;
}

std::string expand_macro(const Piece& piece, const MacroValues& values) {
    std::string value = value_of(base::to_lower(piece.letter), values);
    if (piece.parts != 0 || piece.reverse || !piece.delimiters.empty()) {
        value = transform(value, piece);
    }
    return base::is_upper(piece.letter) ? url_escape(value) : value;
}

// Calls `bound(text)` after every piece; false ends the expansion.
template <class Bound>
std::string expand(const MacroString& source, const MacroValues& values, Bound bound) {
    std::string text;
    for (std::string_view rest = source.text(); !rest.empty();) {
        const auto piece = take_piece(rest, 0);
        if (!piece) {
            break; // cannot be: the text was parsed
        }
        if (piece->letter == 0) {
            text += piece->literal;
        } else {
            text += expand_macro(*piece, values);
        }
        if (!bound(text)) {
            break;
        }
    }
    return text;
}

} // namespace

base::Result<MacroString> MacroString::parse(std::string_view text, Use use) {
    MacroString parsed;
    std::size_t tail = 0; // where the literal text after the last macro begins
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t position = text.size() - rest.size();
        const bool literal = rest.front() != '%';
        const auto piece = take_piece(rest, position);
        if (!piece) {
            return base::refuse(piece.error());
        }
        if (auto problem = check_use(*piece, literal, use, position)) {
            return base::refuse(*std::move(problem));
        }
        tail = literal ? tail : text.size() - rest.size();
        parsed.letters_ |= piece->letter == 0 ? 0 : bit_of(base::to_lower(piece->letter));
    }
    if (use == Use::domain_spec) {
        auto problem = text.empty() ? Problem(base::ParseError{"a domain name is missing", 0})
                                    : check_domain_end(text.substr(tail), tail);
        if (problem) {
            return base::refuse(*std::move(problem));
        }
    }
    parsed.text_ = text;
    return parsed;
}

bool MacroString::uses(char letter) const {
    return (letters_ >> static_cast<unsigned>(letter - 'a') & 1U) != 0;
}

std::string expand_name(const MacroString& domain_spec, const MacroValues& values) {
    constexpr std::size_t longest = 253;
    if (domain_spec.text().find('%') == std::string::npos && domain_spec.text().size() <= longest) {
        return domain_spec.text().substr(0, domain_spec.text().size() -
                                                (domain_spec.text().ends_with('.') ? 1 : 0));
    }
    // Only the right end of the text counts: what is certain to be cut off need not be kept in memory.
    std::string name = expand(domain_spec, values, [](std::string& text) {
        if (text.size() > 16 * longest) {
            text.erase(0, text.size() - 2 * longest);
        }
        return true;
    });
    if (name.ends_with('.')) {
        name.pop_back();
    }
    // RFC 7208 7.3: over 253 characters, labels are removed from the left.
    std::size_t start = 0;
    while (name.size() - start > longest) {
        const auto dot = name.find('.', start);
        if (dot == std::string::npos) {
            break;
        }
        start = dot + 1;
    }
    return name.substr(start);
}

std::optional<std::string> expand_text(const MacroString& explanation, const MacroValues& values,
                                       std::size_t limit) {
    std::string text =
        expand(explanation, values, [limit](const std::string& so_far) { return so_far.size() <= limit; });
    if (text.size() > limit) {
        return std::nullopt;
    }
    return text;
}

} // namespace spf
