#include "authres/parse.h"

#include "authres/grammar.h"
#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/utf8.h"
#include "message/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace authres {

namespace {

class FieldParser {
  public:
    FieldParser(std::string_view body, const ParseLimits& limits) : limits_(limits), lexer_(body) {}

    base::Result<Field> parse() {
        if (!head() || (is_supported(field_.version) && !results())) {
            return base::refuse(*lexer_.error());
        }
        return std::move(field_);
    }

  private:
    static bool is_supported(std::optional<unsigned> version) { return version.value_or(1) == 1; }

    // [CFWS] authserv-id [CFWS authres-version]
    bool head() {
        return lexer_.skip_cfws() && value(field_.authserv_id) && lexer_.skip_cfws() &&
               version(field_.version);
    }

    // no-result / 1*resinfo
    bool results() {
        do {
            if (!lexer_.take(';')) {
                return lexer_.fail("expected a semicolon");
            }
            if (!lexer_.skip_cfws() || !result()) {
                return false;
            }
        } while (!none_ && !lexer_.at_end());
        return lexer_.at_end() || lexer_.fail("text after none");
    }

    // [CFWS] ";" methodspec [CFWS reasonspec] [CFWS 1*propspec]
    bool result() {
        if (field_.results.size() == limits_.results) {
            return lexer_.fail(fmt::format("more than {} results", limits_.results));
        }
        MethodResult result;
        std::optional<unsigned> method_version;
        if (!keyword(result.method) || !skip(result)) {
            return false;
        }
        // no-result = [CFWS] ";" [CFWS] "none": alone in the field.
        if (field_.results.empty() && base::iequals(result.method, "none") && lexer_.at_end()) {
            none_ = true;
            return true;
        }
        if (lexer_.take('/') && !(skip(result) && require_version(method_version) && skip(result))) {
            return false;
        }
        if (!equals(result) || !keyword(result.result) || !skip(result) || !details(result)) {
            return false;
        }
        if (is_supported(method_version)) {
            field_.results.push_back(std::move(result));
        }
        return true;
    }

    bool details(MethodResult& result) {
        while (!lexer_.at_end() && !lexer_.next_is(';')) {
            std::string word;
            if (!keyword(word) || !skip(result)) {
                return false;
            }
            const bool read = lexer_.take('.') ? property(std::move(word), result) : reason(word, result);
            if (!read || !skip(result)) {
                return false;
            }
        }
        return true;
    }

    // reasonspec = "reason" [CFWS] "=" [CFWS] value; before all properties, once.
    bool reason(std::string_view word, MethodResult& result) {
        if (!base::iequals(word, "reason") || !result.reason.empty() || !result.properties.empty()) {
            return lexer_.fail("neither a reason nor a property");
        }
        return equals(result) && value(result.reason);
    }

    // propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
    bool property(std::string ptype, MethodResult& result) {
        if (result.properties.size() == limits_.properties) {
            return lexer_.fail(fmt::format("more than {} properties", limits_.properties));
        }
        Property property{std::move(ptype), {}, {}};
        if (!skip(result) || !keyword(property.name) || !skip(result) || !equals(result) ||
            !property_value(property.value)) {
            return false;
        }
        result.properties.push_back(std::move(property));
        return true;
    }

    // pvalue = [CFWS] (value / [[local-part] "@"] domain-name) [CFWS]
    bool property_value(std::string& into) {
        if (!lexer_.next_is('@') && !local_part_or_value(into)) {
            return false;
        }
        if (!lexer_.take('@')) {
            return true;
        }
        const std::string_view domain = take_token();
        if (!base::DomainName::parse_international(domain)) {
            return lexer_.fail("not a domain after the @");
        }
        into += '@';
        into += domain;
        return true;
    }

    // A dot-atom may hold characters that no token may; it is one only when an '@' follows.
    bool local_part_or_value(std::string& into) {
        if (lexer_.next_is('"')) {
            return value(into);
        }
        const std::size_t start = lexer_.position();
        const auto word = lexer_.take_dotted();
        if (!word) {
            return false;
        }
        into = *word;
        const bool allowed = lexer_.next_is('@') ? message::is_dot_atom(into) : is_value_token(into);
        return allowed || lexer_.fail_at("expected a value", start);
    }

    // RFC 8601 2.2 with RFC 6532: a token may hold UTF-8 in an internationalized message.
    static bool is_value_token(std::string_view text) {
        const auto belongs = [](char c) { return !base::is_ascii(c) || is_token_character(c); };
        return !text.empty() && std::all_of(text.begin(), text.end(), belongs) && base::is_utf8(text);
    }

    std::string_view take_token() {
        return lexer_.take_while([](char c) { return !base::is_ascii(c) || is_token_character(c); });
    }

    // value = token / quoted-string
    bool value(std::string& into) {
        if (lexer_.next_is('"')) {
            auto content = lexer_.take_quoted_string();
            into = std::move(content).value_or(std::string());
            return !lexer_.error().has_value();
        }
        into = take_token();
        return is_value_token(into) || lexer_.fail("expected a value");
    }

    bool keyword(std::string& into) {
        into = lexer_.take_while(is_keyword_character);
        return is_keyword(into) || lexer_.fail("expected a keyword");
    }

    bool equals(MethodResult& result) {
        return (lexer_.take('=') || lexer_.fail("expected =")) && skip(result);
    }

    // 1*DIGIT, if there is one.
    bool version(std::optional<unsigned>& into) {
        const std::string_view digits = lexer_.take_while(base::is_digit);
        if (digits.empty()) {
            return true;
        }
        unsigned number = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc{}) {
            return lexer_.fail("a version number beyond reason");
        }
        into = number;
        return lexer_.skip_cfws();
    }

    bool require_version(std::optional<unsigned>& into) {
        return version(into) && (into.has_value() || lexer_.fail("expected a version"));
    }

    // [CFWS]; what it says goes to the comments of the result at hand.
    bool skip(MethodResult& result) {
        return lexer_.skip_cfws(&result.comments) &&
               (result.comments.size() <= limits_.comments ||
                lexer_.fail(fmt::format("more than {} comments", limits_.comments)));
    }

    const ParseLimits& limits_;
    message::Lexer lexer_;
    Field field_;
    bool none_ = false;
};

} // namespace

base::Result<Field> parse(std::string_view body, const ParseLimits& limits) {
    if (body.size() > limits.field_bytes) {
        return base::refuse("a field longer than any MTA writes", limits.field_bytes);
    }
    return FieldParser(body, limits).parse();
}

} // namespace authres
