#include "spf/record.h"

#include "base/ascii.h"
#include "spf/term.h"

#include <algorithm>

namespace spf {

namespace {

constexpr std::string_view version = "v=spf1";
constexpr std::string_view qualifiers = "+-~?";

bool is_name_character(char c) {
    return base::is_alnum(c) || c == '-' || c == '_' || c == '.';
}

// The length of the modifier's name when the term is one: ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) "=".
// RFC 7208 4.6.1: the equals sign comes before any colon or slash.
std::optional<std::size_t> modifier_name(std::string_view term) {
    const auto end = std::find_if_not(term.begin(), term.end(), is_name_character);
    if (end == term.end() || *end != '=' || !base::is_alpha(term.front())) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(end - term.begin());
}

using Problem = std::optional<base::ParseError>;

// redirect and exp: a domain-spec, once (RFC 7208 6).
Problem add_known(std::optional<MacroString>& modifier, std::string_view name, std::string_view value) {
    if (modifier) {
        return base::ParseError{"the modifier occurs twice", 0};
    }
    auto parsed = MacroString::parse(value, MacroString::Use::domain_spec);
    if (!parsed) {
        return base::ParseError{parsed.error().message, parsed.error().position + name.size() + 1};
    }
    modifier = *std::move(parsed);
    return std::nullopt;
}

// RFC 7208 6: ignored, but grammatical (4.6.1: its value is a macro-string).
Problem add_unknown(Record& record, std::string_view name, std::string_view value) {
    auto parsed = MacroString::parse(value, MacroString::Use::modifier_value);
    if (!parsed) {
        return base::ParseError{parsed.error().message, parsed.error().position + name.size() + 1};
    }
    record.unknown.append(1, ' ').append(base::to_lower(name)).append(1, '=').append(value);
    return std::nullopt;
}

Problem add_modifier(Record& record, std::string_view name, std::string_view value) {
    if (base::iequals(name, "redirect")) {
        return add_known(record.redirect, name, value);
    }
    if (base::iequals(name, "exp")) {
        return add_known(record.explanation, name, value);
    }
    return add_unknown(record, name, value);
}

Problem add_directive(Record& record, std::string_view term) {
    const bool qualified = qualifiers.find(term.front()) != std::string_view::npos;
    const auto qualifier = qualified ? static_cast<Qualifier>(term.front()) : Qualifier::pass;
    const std::string_view rest = term.substr(qualified ? 1 : 0);
    const std::string_view name = rest.substr(0, rest.find_first_of(":/"));
    auto mechanism = parse_mechanism(name, rest.substr(name.size()));
    if (!mechanism) {
        return base::ParseError{mechanism.error().message, mechanism.error().position + (qualified ? 1 : 0)};
    }
    record.directives.push_back({qualifier, *std::move(mechanism)});
    return std::nullopt;
}

Problem add_term(Record& record, std::string_view term) {
    if (const auto name = modifier_name(term)) {
        return add_modifier(record, term.substr(0, *name), term.substr(*name + 1));
    }
    return add_directive(record, term);
}

} // namespace

bool queries_dns(const Mechanism& mechanism) {
    return !std::holds_alternative<All>(mechanism) && !std::holds_alternative<Ip4>(mechanism) &&
           !std::holds_alternative<Ip6>(mechanism);
}

bool is_record(std::string_view text) {
    return base::istarts_with(text, version) &&
           (text.size() == version.size() || text[version.size()] == ' ');
}

base::Result<Record> parse(std::string_view text) {
    if (!is_record(text)) {
        return base::refuse("an SPF record begins with v=spf1", 0);
    }
    Record record;
    // RFC 7208 4.6.1: terms are separated by one or more spaces, and by nothing else.
    for (std::size_t position = version.size(); position < text.size();) {
        if (text[position] == ' ') {
            ++position;
            continue;
        }
        const std::string_view term = text.substr(position, text.find(' ', position) - position);
        if (auto problem = add_term(record, term)) {
            return base::refuse(std::move(problem->message), problem->position + position);
        }
        position += term.size();
    }
    return record;
}

std::string print(const Directive& directive) {
    const char qualifier = static_cast<char>(directive.qualifier);
    return (directive.qualifier == Qualifier::pass ? "" : std::string(1, qualifier)) +
           print(directive.mechanism);
}

std::string print(const Record& record) {
    std::string text(version);
    for (const Directive& directive : record.directives) {
        text += " " + print(directive);
    }
    if (record.redirect) {
        text += " redirect=" + record.redirect->text();
    }
    if (record.explanation) {
        text += " exp=" + record.explanation->text();
    }
    return text + record.unknown;
}

} // namespace spf
