#include "message/readings.h"

#include "base/ascii.h"
#include "message/from.h"
#include "support/catch.h"
#include "support/hostile_text.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using base::DomainName;
using Domains = std::vector<DomainName>;
using namespace std::string_view_literals;

constexpr auto npos = std::string_view::npos;

// The readers below keep to no grammar. Each of them is how somebody once looked for the author, none of them
// has code in common with ours.

std::optional<DomainName> domain_in(std::string_view text) {
    const auto belongs = [](char c) { return base::is_alnum(c) || c == '.' || c == '-'; };
    const auto start = std::find_if_not(text.begin(), text.end(), [](char c) { return base::is_wsp(c); });
    return DomainName::parse(std::string(start, std::find_if_not(start, text.end(), belongs)));
}

Domains behind(std::string_view text, std::size_t at) {
    const auto domain = at == npos ? std::nullopt : domain_in(text.substr(at + 1));
    // A label alone is nobody's author domain.
    return domain && domain->label_count() > 1 ? Domains{*domain} : Domains{};
}

Domains first_at(std::string_view text) {
    return behind(text, text.find('@'));
}

Domains last_at(std::string_view text) {
    return behind(text, text.rfind('@'));
}

Domains in_brackets(std::string_view text, std::size_t open) {
    const auto close = open == npos ? npos : text.find('>', open);
    return close == npos ? Domains{} : last_at(text.substr(open, close - open));
}

Domains first_angle(std::string_view text) {
    return in_brackets(text, text.find('<'));
}

Domains last_angle(std::string_view text) {
    return in_brackets(text, text.rfind('<'));
}

// An address is what stands in brackets, else whatever has an '@'.
Domains naive_list(std::string_view text) {
    Domains all;
    for (auto end = text.find(','); !text.empty(); end = text.find(',')) {
        const std::string_view member = text.substr(0, end);
        const Domains found = member.find('<') == npos ? first_at(member) : last_angle(member);
        all.insert(all.end(), found.begin(), found.end());
        text.remove_prefix(end == npos ? text.size() : end + 1);
    }
    return all;
}

// Ends comments at the first ')', and takes the first address outside of them.
Domains flat_comments(std::string_view text) {
    std::string rest;
    for (auto open = text.find('('); open != npos; open = text.find('(')) {
        (rest += text.substr(0, open)) += ' ';
        text.remove_prefix(std::min(text.find(')', open), text.size() - 1) + 1);
    }
    rest += text;
    return first_at(rest);
}

// Sees the first line of the field only.
Domains first_line(std::string_view text) {
    return first_at(text.substr(0, text.find('\r')));
}

// Ends every quoted string at the next quote, whatever stands before it, and looks outside of them.
Domains blind_to_backslashes(std::string_view text) {
    std::string rest;
    bool quoted = false;
    for (const char c : text) {
        quoted = c == '"' ? !quoted : quoted;
        rest += quoted ? ' ' : c;
    }
    return first_at(rest);
}

struct Reader {
    const char* name;
    Domains (*read)(std::string_view);
    bool knows_quotes; // passes over plain quoted strings
};

constexpr std::array<Reader, 8> readers{{
    {"last angle bracket", last_angle, true},
    {"last at-sign", last_at, true},
    {"blind to backslashes", blind_to_backslashes, true},
    {"first at-sign", first_at, false},
    {"first angle bracket", first_angle, false},
    {"naive list", naive_list, false},
    {"flat comments", flat_comments, false},
    {"first line", first_line, false},
}};

// `"joe@example.com" <ann@example.org>`, which is common, and which every library reads alike: the one case
// in which we name a domain although a reader who knows nothing of quotes finds another.
bool has_plain_quoted_name(std::string_view body) {
    for (auto open = body.find('"'); open != npos; open = body.find('"', open + 1)) {
        const auto close = body.find_first_of("\"\\\r"sv, open + 1);
        if (close == npos || body[close] != '"') {
            return false;
        }
        if (body.substr(open, close - open).find('@') != npos) {
            return true;
        }
        open = close;
    }
    return false;
}

message::Author author_of(const std::string& body) {
    message::HeaderList headers;
    headers.add(message::HeaderField("From", body));
    return message::find_author(headers);
}

std::string hostile_from(test::HostileText& text) {
    constexpr std::array<std::string_view, 57> pieces = {"ann@evil.test",
                                                         "ann@evil.test",
                                                         "<ann@evil.test>",
                                                         "<ann@evil.test>",
                                                         " <ann@evil.test>",
                                                         "<ann@evil.test>",
                                                         "boss@victim.test",
                                                         "<boss@victim.test>",
                                                         "boss",
                                                         "@",
                                                         "victim.test",
                                                         "evil.test",
                                                         "\"",
                                                         "\"",
                                                         "\"",
                                                         "(",
                                                         ")",
                                                         "(",
                                                         ")",
                                                         "\\",
                                                         "\\\"",
                                                         "\\)",
                                                         "<",
                                                         ">",
                                                         ",",
                                                         ", ",
                                                         ";",
                                                         ":",
                                                         "Ann",
                                                         "Ann ",
                                                         " ",
                                                         " ",
                                                         "\r\n ",
                                                         "\r\n\t",
                                                         ".",
                                                         "[",
                                                         "]",
                                                         "Friends: ",
                                                         "\"boss@victim.test\"",
                                                         "\"boss@victim.test\" ",
                                                         "(boss@victim.test)",
                                                         "\"x\r\n y\"",
                                                         "\xfc",
                                                         "\xd5\xc5",
                                                         "\x01",
                                                         "(c)",
                                                         "\"ann\"",
                                                         " . ",
                                                         "@victim.test",
                                                         "@evil.test",
                                                         "'",
                                                         "ann@evil.test.",
                                                         "ann@evil.test.\xe3\x81\xbf",
                                                         "\xe3\x81\xbf",
                                                         "@Work",
                                                         ".",
                                                         "ann..x@evil.test"};
    std::string body = " ";
    for (std::size_t left = 1 + text.below(7); left > 0; --left) {
        body += text.pick(pieces);
    }
    return body;
}

} // namespace

TEST_CASE("where we name one author domain, no reader finds another", "[message][property]") {
    test::HostileText text;
    CAPTURE(text.seed());
    std::size_t named = 0;
    std::size_t beyond_the_grammar = 0;
    for (std::size_t round = 0; round < test::rounds(400'000); ++round) {
        const std::string body = hostile_from(text);
        const auto author = author_of(body);
        if (author.state != message::Author::State::one) {
            continue;
        }
        ++named;
        beyond_the_grammar += message::parse_address_list(body) ? 0U : 1U;
        // To a reader of ASCII alone, no domain outside of it is what it is: parsers read it right where the
        // field keeps to the grammar.
        if (!base::all_ascii(body) && author.domains.front().text().find("xn--") != std::string::npos &&
            message::parse_address_list(body)) {
            continue;
        }
        const bool excluded = has_plain_quoted_name(body) || body.find("<@") != npos;
        for (const Reader& reader : readers) {
            if (excluded && !reader.knows_quotes) {
                continue;
            }
            for (const DomainName& domain : reader.read(body)) {
                CAPTURE(body, reader.name);
                REQUIRE(domain == author.domains.front());
            }
        }
    }
    CHECK(named > 500);
    CHECK(beyond_the_grammar > 200);
}

TEST_CASE("each of these readers is led astray by some From, which we name no author of", "[message]") {
    struct Case {
        const char* reader;
        const char* body;
    };
    const auto c = GENERATE(values<Case>({
        {"last angle bracket", "ann@evil.test (<boss@victim.test>)"},
        {"last at-sign", "<ann@evil.test> boss@victim.test"},
        {"blind to backslashes", "\"\\\" boss@victim.test\" <ann@evil.test>"},
        {"first at-sign", "boss@victim.test <ann@evil.test>"},
        {"first angle bracket", "\"\\\"<boss@victim.test>\" <ann@evil.test>"},
        {"naive list", "(, boss@victim.test,) ann@evil.test"},
        {"flat comments", "(()boss@victim.test) ann@evil.test"},
        {"first line", "\"boss@victim.test\r\n Support\" <ann@evil.test>"},
    }));
    INFO(c.reader);
    const auto reader = std::find_if(readers.begin(), readers.end(),
                                     [&](const Reader& r) { return std::string_view(r.name) == c.reader; });
    REQUIRE(reader != readers.end());
    const auto seen = reader->read(c.body);
    CHECK(std::find(seen.begin(), seen.end(), DomainName::parse("victim.test")) != seen.end());
    CHECK(author_of(c.body).state == message::Author::State::unreadable);
}

TEST_CASE("looking for other readings is bounded", "[message]") {
    const auto refused = [](const std::string& body) { return !message::agreed_readings(body).has_value(); };
    std::string many;
    for (std::size_t i = 0; i < message::Limits().mailboxes; ++i) {
        many += "ann@x.example;";
    }
    CHECK_FALSE(refused(many));
    CHECK(refused(many + "ann@x.example"));
    CHECK(refused(std::string(60'000, '(') + " ann@x.example"));
    CHECK(refused(std::string(60'000, '@')));
    std::string names;
    for (std::size_t i = 0; i < 5'000; ++i) {
        names += "x.example ";
    }
    CHECK(refused("ann@(" + names + ")x.example"));
    CHECK_FALSE(refused("ann@(x.example x.example)x.example"));
    CHECK(refused("\"" + std::string(60'000, '(') + " ann@x.example"));
    CHECK_FALSE(refused(std::string(60'000, '"') + "\" ann@x.example"));
}
