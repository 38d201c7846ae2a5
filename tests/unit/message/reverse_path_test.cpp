#include "message/reverse_path.h"

#include "base/domain_name.h"
#include "support/catch.h"

#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>

using message::read_reverse_path;
using namespace std::string_view_literals;

namespace {

// "ann | example.org", with " ?" behind it when it is disputed; "<>"; "-" without a domain.
std::string read(std::string_view text) {
    const auto path = read_reverse_path(text);
    if (path.null) {
        return "<>";
    }
    return path.domain.empty() ? "-" : path.local_part + " | " + path.domain + (path.disputed ? " ?" : "");
}

// Who else could look for the domain in a path, each in his own simple way.

std::string_view up_to(std::string_view text, std::string_view stops) {
    return text.substr(0, text.find_first_of(stops));
}

std::string_view behind_last_at(std::string_view text) {
    const auto at = text.rfind('@');
    return at == std::string_view::npos ? std::string_view() : up_to(text.substr(at + 1), "> \t)");
}

std::string_view first_with_a_name(std::string_view text) {
    for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
        const auto name = up_to(text.substr(at + 1), "<>()[]\",:;\\ \t@");
        const auto end = at + 1 + name.size();
        if (!name.empty() && (end == text.size() || text[end] != '@')) {
            return name;
        }
    }
    return {};
}

std::string_view in_first_brackets(std::string_view text) {
    const auto open = text.find('<');
    return open == std::string_view::npos ? std::string_view()
                                          : behind_last_at(up_to(text.substr(open + 1), ">"));
}

std::string_view in_last_brackets(std::string_view text) {
    const auto open = text.rfind('<');
    return open == std::string_view::npos ? std::string_view()
                                          : behind_last_at(up_to(text.substr(open + 1), ">"));
}

std::string_view before_a_comment(std::string_view text) {
    return behind_last_at(up_to(text, "("));
}

constexpr std::array readers{behind_last_at, first_with_a_name, in_first_brackets, in_last_brackets,
                             before_a_comment};

std::optional<base::DomainName> identity(std::string_view domain) {
    auto name = base::DomainName::parse(domain);
    return name && name->label_count() > 1 ? name : std::nullopt;
}

std::string random_path(std::mt19937& engine) {
    constexpr std::array pieces{"ann",  "@", "@",  "@a.example", "@b.example", "b.example", "<", ">", "(",
                                ")",    ",", ";",  " ",          "\"",         "\\",        ".", "%", "!",
                                "\xc3", "[", "\t", "ann@",       ".example",   "<>",        "'"};
    std::string text;
    for (std::size_t n = 1 + engine() % 9; n > 0; --n) {
        text += pieces.at(engine() % pieces.size());
    }
    return engine() % 2 == 0 ? '<' + text + '>' : text;
}

} // namespace

TEST_CASE("a path outside of the grammar has the domain a mail server sees", "[message][rfc7208-4.3]") {
    struct Case {
        const char* what;
        std::string_view path;
        const char* expected;
    };
    const auto c = GENERATE(values<Case>({
        {"by the grammar", "<ann@example.org>", "ann | example.org"},
        {"by the grammar, a route", "<@relay.example:ann@example.org>", "ann | example.org"},
        {"by the grammar, a quoted @", R"(<"ann@victim.example"@example.org>)",
         "ann@victim.example | example.org"},
        {"the null path", "<>", "<>"},
        {"nothing", "", "<>"},
        {"blanks in brackets", "< >", "<>"},
        {"brackets in brackets", "<<>>", "<>"},
        {"two dots", "<a..nn@example.org>", "a..nn | example.org"},
        {"a leading dot", "<.ann@example.org>", ".ann | example.org"},
        {"a trailing dot", "<ann.@example.org>", "ann. | example.org"},
        {"no local-part", "<@example.org>", " | example.org"},
        {"no local-part, no brackets", "@example.org", " | example.org"},
        {"a final dot", "<ann@example.org.>", "ann | example.org."},
        {"two at signs", "<a@b@example.org>", "a@b | example.org"},
        {"two at signs and two domains", "<ann@victim.example@example.org>",
         "ann@victim.example | example.org"},
        {"two at signs in a row", "<ann@@example.org>", "ann@ | example.org"},
        {"a comment", "<ann(x)@example.org>", "ann | example.org"},
        {"a comment in a comment", "<ann(x(y)z)@example.org>", "ann | example.org"},
        {"a comment with an escaped bracket", "<ann(x\\)y)@example.org>", "ann | example.org"},
        {"a comment behind", "<ann@example.org (Ann)>", "ann | example.org"},
        {"a comment that is not closed", "<ann@example.org(.attacker.example>", "ann | example.org"},
        {"blanks", " < ann @ example.org > ", "ann | example.org"},
        {"a blank before a dot", "<ann@example .org>", "ann | example.org"},
        {"a blank in the local-part", "Macro Error@example.org", "Macro Error | example.org"},
        {"a tab", "<a\tb@example.org>", "a b | example.org"},
        {"an open bracket", "<ann@example.org", "ann | example.org"},
        {"a closing bracket alone", "ann@example.org>", "ann | example.org"},
        {"brackets in brackets with an address", "<<ann@example.org>>", "ann | example.org"},
        {"a name before the brackets", "Ann <ann@example.org>", "ann | example.org"},
        {"text behind the brackets", "<ann@example.org>x", "ann | example.org"},
        {"a comma at the end", "<ann@example.org,>", "ann | example.org"},
        {"a comma in the local-part", "<a,b@example.org>", "a,b | example.org"},
        {"a colon in the local-part", "<a:b@example.org>", "a:b | example.org"},
        {"square brackets in the local-part", "<a[b]@example.org>", "a[b] | example.org"},
        {"quotes in the local-part", R"(<a"b"c@example.org>)", "abc | example.org"},
        {"a quote that is not closed", "<\"ann@example.org>", "\"ann | example.org"},
        {"everything in quotes", R"(<"ann@example.org">)", "ann | example.org"},
        {"a backslash", "<a\\@example.org>", "a | example.org"},
        {"Latin-1", "<j\xfcrgen@example.org>", "j\xfcrgen | example.org"},
        {"a control character", "<a\x01@example.org>", "a\x01 | example.org"},
        {"an empty route", "<@:ann@example.org>", "ann | example.org"},
        {"a colon that is no route", "<relay.example:ann@example.org>", "relay.example:ann | example.org"},
        {"a literal", "<a..b@[192.0.2.1]>", "a..b | [192.0.2.1] ?"},
    }));
    INFO(c.what);
    CHECK(read(c.path) == c.expected);
}

TEST_CASE("a path in which somebody may see another domain is disputed", "[message]") {
    struct Case {
        const char* what;
        std::string_view path;
        const char* expected;
    };
    const auto c = GENERATE(values<Case>({
        {"A2: nobody's to the mail server", "<(any@victim.example>", "any | victim.example ?"},
        {"an open comment in the local-part", "<any(@victim.example>", "any( | victim.example ?"},
        {"another domain in a comment", "<any@a.example (any@b.example)>", "any | a.example ?"},
        {"another domain in a comment with a bracket", "<any@a.example (>any@b.example)>",
         "any | a.example ?"},
        {"another domain before the brackets", "any@a.example <any@b.example>", "any | b.example ?"},
        {"another domain behind the brackets", "<any@a.example>(any@b.example)", "any | a.example ?"},
        {"a list", "<any@a.example,any@b.example>", "any@a.example,any | b.example ?"},
        {"a broken route", "<@a.example,any@b.example>", "@a.example,any | b.example ?"},
        {"another domain in quotes that close too early", "<\"x\"@a.example\"@b.example>",
         "\"x\"@a.example\" | b.example ?"},
        {"another domain before an escaped @", "<any@a.example\\@b.example>", "any@a.example | b.example ?"},
        {"a longer domain behind a blank", "<any@a.example .b.example>", "any | a.example.b.example ?"},
        {"a percent sign for the @", "<any%victim.example>", "any | victim.example ?"},
        {"an exclamation mark for the @", "<victim.example!any>", "any | victim.example ?"},
    }));
    INFO(c.what);
    CHECK(read(c.path) == c.expected);
    CHECK_FALSE(read_reverse_path(c.path).problem.empty());
}

TEST_CASE("a path without a domain says why", "[message][rfc7208-4.3]") {
    struct Case {
        std::string_view path;
        const char* problem;
    };
    const auto c = GENERATE(values<Case>({
        {"<postmaster>", "an address without a domain"},
        {"<ann@>", "not a domain"},
        {"<@>", "a malformed source route"},
        {"<(x)>", "not a local-part"},
        {"\"\"", "an address without a domain"},
        {"<@relay.example:>", "not a local-part"},
        {"<any@a.example><any@b.example>", "more than one path"},
        {"<any@a.example> <any@b.example>", "more than one path"},
        {"<a\0b@example.org>"sv, "a line break or a NUL"},
        {"<ann@example.org>\r\nx: <y@example.org>", "a line break or a NUL"},
    }));
    CAPTURE(std::string(c.path));
    CHECK(read(c.path) == "-");
    CHECK(read_reverse_path(c.path).problem == c.problem);
}

TEST_CASE("a path over the limit has no domain", "[message]") {
    message::Limits limits;
    limits.path_bytes = 20;
    CHECK(read_reverse_path("<abcdef@example.org>", limits).domain == "example.org");
    CHECK(read_reverse_path("<a..def@example.org>", limits).domain == "example.org");
    CHECK(read_reverse_path("<a..defg@example.org>", limits).problem ==
          "a path longer than any host accepts");
}

TEST_CASE("nobody finds another domain in a path that is not disputed, or its domain lost",
          "[message][property]") {
    std::mt19937 engine(7208);
    int identities = 0;
    int disputes = 0;
    for (int i = 0; i < 30'000; ++i) {
        const std::string text = random_path(engine);
        CAPTURE(text);
        const auto path = read_reverse_path(text);
        const auto ours = identity(path.domain);
        identities += ours ? 1 : 0;
        disputes += path.disputed ? 1 : 0;
        if (path.problem != "more than one path" && identity(behind_last_at(text))) {
            REQUIRE(ours);
        }
        for (const auto reader : readers) {
            const auto theirs = identity(reader(text));
            if (ours && theirs && !path.problem.empty() && !path.disputed) {
                REQUIRE(*ours == *theirs);
            }
        }
        REQUIRE((!path.null || path.domain.empty()));
    }
    CHECK(identities > 3'000);
    CHECK(disputes > 700);
}
