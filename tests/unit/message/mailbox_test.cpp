#include "message/mailbox.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <random>
#include <string>
#include <string_view>

using message::Mailbox;
using message::parse_address_list;
using namespace std::string_view_literals;

namespace {

// "local | domain, local | domain", or "refused at N".
std::string read(std::string_view body) {
    const auto parsed = parse_address_list(body);
    if (!parsed) {
        return fmt::format("refused at {}", parsed.error().position);
    }
    std::string text;
    for (const Mailbox& mailbox : parsed->mailboxes) {
        text += fmt::format("{}{} | {}", text.empty() ? "" : ", ", mailbox.local_part, mailbox.domain);
    }
    return text;
}

} // namespace

TEST_CASE("addresses are read as RFC 5322 has them", "[message][rfc5322-3.4][rfc6532]") {
    struct Case {
        const char* what;
        std::string_view body;
        const char* expected;
    };
    const auto c = GENERATE(values<Case>({
        {"a bare address", " ann@example.org", "ann | example.org"},
        {"an address in brackets", " <ann@example.org>", "ann | example.org"},
        {"a display name", " Ann Smith <ann@example.org>", "ann | example.org"},
        {"no blank before the bracket", "Ann<ann@example.org>", "ann | example.org"},
        {"a quoted display name", " \"Smith, Ann\" <ann@example.org>", "ann | example.org"},
        {"an address as quoted display name", " \"x@victim.example\" <ann@example.org>", "ann | example.org"},
        {"a quoted bracket in the display name", " \"<x@victim.example>\" <ann@example.org>",
         "ann | example.org"},
        {"a dot in the display name", " John Q. Public <jqp@example.org>", "jqp | example.org"},
        {"initials", " J.Q. Public <jqp@example.org>", "jqp | example.org"},
        {"an empty quoted display name", " \"\" <ann@example.org>", "ann | example.org"},
        {"quoted and bare words", " \"A\" b \"C\" <ann@example.org>", "ann | example.org"},
        {"an encoded word as display name", " =?utf-8?q?J=C3=BCrgen?= <j@example.org>", "j | example.org"},
        {"two addresses", " a@x.example, b@y.example", "a | x.example, b | y.example"},
        {"two of different kinds", " a@x.example, B <b@y.example>", "a | x.example, b | y.example"},
        {"a quoted local-part", " \"ann smith\"@example.org", "ann smith | example.org"},
        {"an @ in a quoted local-part", " \"a@victim.example\"@example.org",
         "a@victim.example | example.org"},
        {"quoted-pairs", R"( "a\"b\\c\ d"@example.org)", R"(a"b\c d | example.org)"},
        {"a fold in a quoted local-part", "\"a\r\n b\"@example.org", "a b | example.org"},
        {"comments everywhere", "(a)ann(b)@(c)example.org(d)", "ann | example.org"},
        {"comments in brackets", "x (y) < (z) ann (b) @ (c) example.org (d) > (e)", "ann | example.org"},
        {"nested comments", " ann@example.org (a (b (c) d) e)", "ann | example.org"},
        {"quoted-pairs in comments", R"( ann@example.org (\) \( \\))", "ann | example.org"},
        {"a quote in a comment", " ann@example.org (\")", "ann | example.org"},
        {"an address in a comment", " ann@example.org (<x@victim.example>, y)", "ann | example.org"},
        {"folds", "\r\n Ann\r\n\t<ann@example.org>\r\n ", "ann | example.org"},
        {"a group", " Team: a@x.example, B <b@y.example>;", "a | x.example, b | y.example"},
        {"an empty group", " Undisclosed recipients:;", ""},
        {"an empty group with a comment", " Nobody: (really) ; (yes)", ""},
        {"a group among addresses", " a@x.example, T: b@y.example;, c@z.example",
         "a | x.example, b | y.example, c | z.example"},
        {"an address literal", " ann@[192.0.2.1]", "ann | [192.0.2.1]"},
        {"blanks in an address literal", " ann@[ 192.0.2.1 ]", "ann | [192.0.2.1]"},
        {"every odd character of an atom", " !#$%&'*+-/=?^_`{|}~@example.org",
         "!#$%&'*+-/=?^_`{|}~ | example.org"},
        {"UTF-8 everywhere",
         " J\xc3\xbcrgen <j\xc3\xbcrgen@b\xc3\xbc"
         "cher.example>",
         "j\xc3\xbcrgen | b\xc3\xbc"
         "cher.example"},
        {"UTF-8 in quotes and comments", " \"\xe2\x82\xac\" (\xf0\x9f\x90\x88) <a@example.org>",
         "a | example.org"},
        {"the domain as written", " ann@Example.ORG", "ann | Example.ORG"},
        {"A11: an obsolete route leads to the last domain",
         " <@attacker.example,@any.example:admin@victim.example>", "admin | victim.example"},
        {"a route with blanks and comments", " <@a.example (x) , @b.example : c@d.example>", "c | d.example"},
        {"A13: a comma makes two of it", " admin@victim.example,<x@attacker.example>",
         "admin | victim.example, x | attacker.example"},
        {"an empty element first", ",ann@example.org", "ann | example.org"},
        {"an empty element between", "a@x.example, ,b@y.example", "a | x.example, b | y.example"},
        {"empty elements last, one a comment", "ann@example.org,(x),", "ann | example.org"},
        {"empty elements in a group", "A: ,a@x.example,,;", "a | x.example"},
        {"a group of empty elements", "A: , (x) ,;", ""},
        {"a group between empty elements", ",A:;,ann@example.org", "ann | example.org"},
        {"a comment in the local-part", "ann(x).smith@example.org", "ann.smith | example.org"},
        {"blanks around a dot of the local-part", "ann . smith@example.org", "ann.smith | example.org"},
        {"a quoted word in a local-part", "\"ann\".smith@example.org", "ann.smith | example.org"},
        {"quoted words alone", "\"a b\".\"c\"@example.org", "a b.c | example.org"},
        {"a trailing dot in the domain", "ann@example.org.", "ann | example.org"},
        {"a trailing dot in brackets", "Ann <ann@example.org.>", "ann | example.org"},
        {"a blank before a dot of the domain", "ann@example .org", "ann | example.org"},
        {"a comment and a fold behind one", "ann@example.(x)\r\n org", "ann | example.org"},
        {"a route with an empty element", "<@a.example,,@d.example,:b@c.example>", "b | c.example"},
        {"a control character in a quoted name", "\"a\x01\x7f\" <ann@example.org>", "ann | example.org"},
        {"a control character in a quoted local-part", "\"a\x1f\"@example.org", "a\x1f | example.org"},
        {"A9: two addresses", " <first@attacker.example>, <admin@victim.example>",
         "first | attacker.example, admin | victim.example"},
    }));
    INFO(c.what);
    CHECK(read(c.body) == c.expected);
}

TEST_CASE("what can be read in two ways is refused where it goes wrong", "[message][rfc5322-3.4]") {
    struct Case {
        const char* what;
        std::string_view body;
        std::size_t position;
    };
    const auto c = GENERATE(values<Case>({
        {"nothing", "", 0},
        {"blanks", "  ", 2},
        {"only a comment", "(ann@example.org)", 17},
        {"A13: text behind the bracket", "<x@attacker.example>admin@victim.example", 20},
        {"A13: an address before the bracket", "admin@victim.example <x@attacker.example>", 21},
        {"two addresses without a comma", "<a@x.example> <b@y.example>", 14},
        {"A12: a quoted-pair before the comma", "<admin@victim.example>\\,<second@attacker.example>", 22},
        {"a quoted-pair in an atom", "ad\\min@victim.example", 2},
        {"A10: an encoded word for an address", "=?utf-8?B?YWRtaW5AbGVnaXQ=?=,<second@attacker.example>", 28},
        {"B2: an encoded word alone", "=?utf-8?B?YWRtaW5AbGVnaXQ=?=", 28},
        {"A10: an encoded word for a local-part", "=?utf-8?Q?admin=40victim.example=2C?=@attacker.example",
         0},
        {"an encoded word within a local-part", "x=?utf-8?Q?a?=@attacker.example", 0},
        {"an encoded word in a quoted local-part", "\"=?utf-8?Q?a?=\"@attacker.example", 0},
        {"an encoded word for a domain", "ann@=?utf-8?Q?victim.example?=", 0},
        {"an encoded word in brackets", "<=?utf-8?B?YWRtaW5AbGVnaXQ=?=>", 29},
        {"a comma inside an encoded word", "=?utf-8?Q?a,b?= <x@attacker.example>", 11},
        {"only empty elements", ",,", 2},
        {"two quoted words in a local-part", "\"ann\" \"smith\"@example.org", 0},
        {"a quoted word beside an atom", "\"ann\"smith@example.org", 0},
        {"two dots with a blank between", "a. .b@example.org", 0},
        {"two dots in the domain with a blank between", "ann@example. .org", 4},
        {"two dots at the end of the domain", "ann@example.org..", 4},
        {"a blank in the domain without a dot", "ann@example org", 12},
        {"a semicolon for a comma", "a@x.example; b@y.example", 11},
        {"a word alone", "postmaster", 10},
        {"empty brackets", "<>", 1},
        {"brackets without a domain", "<ann>", 4},
        {"no local-part", "@example.org", 0},
        {"no local-part in brackets", "<@example.org>", 13},
        {"no domain", "ann@", 4},
        {"a dot for a domain", "ann@.", 4},
        {"only an @", "@", 0},
        {"two @", "ann@victim.example@attacker.example", 18},
        {"a blank in the local-part", "ann smith@example.org", 0},
        {"a leading dot", ".ann@example.org", 0},
        {"two dots", "a..nn@example.org", 0},
        {"a trailing dot in the local-part", "ann.@example.org", 0},
        {"two dots in the domain", "ann@example..org", 4},
        {"a quoted domain", "ann@\"example.org\"", 4},
        {"a display name that begins with a dot", ". Ann <ann@example.org>", 0},
        {"an unclosed bracket", "<ann@example.org", 16},
        {"a bracket too many", "<ann@example.org>>", 17},
        {"brackets in brackets", "<<ann@example.org>>", 1},
        {"an unclosed quote", "\"ann@example.org", 0},
        {"an unclosed comment", "ann@example.org (x", 16},
        {"a comment closed by a quoted-pair only", "ann@example.org (x\\)", 16},
        {"a parenthesis too many", "ann@example.org (x))", 19},
        {"an unclosed group", "Team: a@x.example", 17},
        {"a group in a group", "A: B: a@x.example;;", 4},
        {"a group without a name", ": a@x.example;", 0},
        {"two groups without a comma", "A:; B:;", 4},
        {"an unclosed literal", "ann@[192.0.2.1", 4},
        {"a bracket in a literal", "ann@[[192.0.2.1]]", 4},
        {"a backslash in a literal", "ann@[192.0.2.\\1]", 4},
        {"text after a literal", "ann@[192.0.2.1].example", 15},
        {"a route without its colon", "<@a.example b@c.example>", 12},
        {"a route without brackets", "@a.example:b@c.example", 0},
        {"a NUL", "ann@exa\0mple.org"sv, 7},
        {"a NUL after the address", "ann@example.org\0"sv, 15},
        {"a NUL in quotes", "\"a\0b\" <ann@example.org>"sv, 2},
        {"a NUL behind a backslash", "\"a\\\0b\" <ann@example.org>"sv, 3},
        {"a NUL in a comment", "(a\0b) <ann@example.org>"sv, 2},
        {"an escape in a comment", "(a\x1b[1mb) <ann@example.org>", 2},
        {"a bare CR", "ann@example.org\r <x@y.example>", 16},
        {"a bare LF", "ann@example.org\n", 15},
        {"a line break that is no fold", "ann@example.org\r\nX: y", 17},
        {"a bare CR in quotes", "\"a\rb\" <ann@example.org>", 3},
        {"a C1 control", "\"a\xc2\x85\" <ann@example.org>", 2},
        {"Latin-1", "J\xfcrgen <ann@example.org>", 1},
        {"an overlong slash", "a\xc0\xaf@example.org", 1},
        {"a surrogate", "a\xed\xa0\x80@example.org", 1},
        {"half a character at the end", "ann@example.org\xe2\x82", 15},
    }));
    INFO(c.what);
    CHECK(read(c.body) == fmt::format("refused at {}", c.position));
}

TEST_CASE("the number of addresses is bounded", "[message]") {
    message::Limits limits;
    limits.mailboxes = 3;
    const std::string three = "a@x.example, b@x.example, c@x.example";
    REQUIRE(parse_address_list(three, limits).has_value());
    CHECK(parse_address_list(three, limits)->mailboxes.size() == 3);
    CHECK_FALSE(parse_address_list(three + ", d@x.example", limits).has_value());
    CHECK_FALSE(parse_address_list("A: " + three + ";, d@x.example", limits).has_value());
}

TEST_CASE("the depth of comments is bounded", "[message]") {
    const auto nested = [](std::size_t depth) {
        return "ann@example.org " + std::string(depth, '(') + "x" + std::string(depth, ')');
    };
    const std::size_t most = message::Limits().comment_depth;
    CHECK(read(nested(most)) == "ann | example.org");
    CHECK(read(nested(most + 1)) == fmt::format("refused at {}", 16 + most));
    CHECK(read(nested(30000)) == fmt::format("refused at {}", 16 + most));
}

TEST_CASE("random noise from the grammar's own characters is read alike twice, or refused",
          "[message][property]") {
    std::mt19937 random(20);
    const std::string_view alphabet = "ab.@<>()\",:;[]\\ \t\r\n=?\xc3\xbc";
    std::uniform_int_distribution<std::size_t> pick(0, alphabet.size() - 1);
    std::uniform_int_distribution<std::size_t> length(1, 12);
    std::size_t read_count = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string body;
        for (std::size_t k = length(random); k > 0; --k) {
            body += alphabet[pick(random)];
        }
        const auto parsed = parse_address_list(body);
        if (!parsed) {
            REQUIRE(parsed.error().position <= body.size());
            continue;
        }
        std::string printed;
        for (const Mailbox& mailbox : parsed->mailboxes) {
            printed += (printed.empty() ? "" : ",") + print(mailbox);
        }
        read_count += printed.empty() ? 0U : 1U;
        CAPTURE(body, printed);
        if (!printed.empty()) {
            REQUIRE(parse_address_list(printed).has_value());
            REQUIRE(parse_address_list(printed)->mailboxes == parsed->mailboxes);
        }
    }
    CHECK(read_count > 50);
}
