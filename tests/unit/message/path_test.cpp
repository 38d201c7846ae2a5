#include "message/mailbox.h"

#include "support/catch.h"

#include <string>
#include <string_view>
#include <vector>

using message::parse_path;
using namespace std::string_view_literals;

namespace {

// The address as text, "<>" for the null reverse-path, "refused at N".
std::string read(std::string_view path) {
    const auto parsed = parse_path(path);
    if (!parsed) {
        return "refused at " + std::to_string(parsed.error().position);
    }
    return parsed->has_value() ? (*parsed)->local_part + " | " + (*parsed)->domain : "<>";
}

} // namespace

TEST_CASE("a path is read as RFC 5321 has it", "[message][rfc5321-4.1.2][rfc6531-3.3]") {
    struct Case {
        const char* what;
        std::string_view path;
        const char* expected;
    };
    const auto c = GENERATE(values<Case>({
        {"brackets", "<ann@example.org>", "ann | example.org"},
        {"no brackets", "ann@example.org", "ann | example.org"},
        {"the null path", "<>", "<>"},
        {"the null path of a local submission", "", "<>"},
        {"every odd character of a dot-string", "<!#$%&'*+-/=?^_`{|}~.x@example.org>",
         "!#$%&'*+-/=?^_`{|}~.x | example.org"},
        {"a quoted local-part", R"(<"ann smith"@example.org>)", "ann smith | example.org"},
        {"an @ inside quotes", R"(<"ann@victim.example"@example.org>)", "ann@victim.example | example.org"},
        {"quoted-pairs", R"(<"a\"\\\@b"@example.org>)", R"(a"\@b | example.org)"},
        {"an empty quoted local-part", R"(<""@example.org>)", " | example.org"},
        {"brackets inside quotes", R"(<"<a>"@example.org>)", "<a> | example.org"},
        {"a source route", "<@relay.example,@other.example:ann@example.org>", "ann | example.org"},
        {"a source route without brackets", "@relay.example:ann@example.org", "ann | example.org"},
        {"a single label", "<ann@localhost>", "ann | localhost"},
        {"an underscore", "<ann@_spf.example.org>", "ann | _spf.example.org"},
        {"the domain keeps its case", "<Ann@EXAMPLE.org>", "Ann | EXAMPLE.org"},
        {"an IPv4 literal", "<ann@[192.0.2.1]>", "ann | [192.0.2.1]"},
        {"an IPv6 literal", "<ann@[IPv6:2001:db8::1]>", "ann | [IPv6:2001:db8::1]"},
        {"UTF-8 on both sides",
         "<j\xc3\xbcrgen@b\xc3\xbc"
         "cher.example>",
         "j\xc3\xbcrgen | b\xc3\xbc"
         "cher.example"},
    }));
    INFO(c.what);
    CHECK(read(c.path) == c.expected);
}

TEST_CASE("what is no path is refused where it goes wrong", "[message][rfc5321-4.1.2]") {
    struct Case {
        const char* what;
        std::string_view path;
        std::size_t position;
    };
    const auto c = GENERATE(values<Case>({
        {"A2: a comment that never ends, in brackets", "<(any@victim.example>", 1},
        {"A2: the same without brackets", "(any@victim.example", 0},
        {"A5: a parenthesis in the domain", "<any@victim.example(a.attacker.example>", 5},
        {"A5: a second @ behind a quote", "<any@victim.example'@any.attacker.example>", 5},
        {"A5: a route with a quote behind it", "<@victim.example,@any.example:'any@a'ttacker.example>", 35},
        {"A5: a double quote in the domain", "<any@victim.example\"@attacker.example>", 5},
        {"a comment", "<ann(x)@example.org>", 1},
        {"a NUL", "<ann@exa\0mple.org>"sv, 8},
        {"a NUL in a quoted local-part", "<\"a\0b\"@example.org>"sv, 3},
        {"a line break", "<ann@example.org\r\n>", 16},
        {"a tab", "<\"a\tb\"@example.org>", 3},
        {"DEL", "<a\x7f@example.org>", 2},
        {"a C1 control", "<a\xc2\x85@example.org>", 2},
        {"Latin-1", "<j\xfcrgen@example.org>", 2},
        {"an overlong NUL", "<a\xc0\x80@example.org>", 2},
        {"no @", "<postmaster>", 11},
        {"nothing before the @", "<@example.org>", 13},
        {"nothing after the @", "<ann@>", 5},
        {"no closing bracket", "<ann@example.org", 16},
        {"no opening bracket", "ann@example.org>", 4},
        {"text after the bracket", "<ann@example.org>x", 18},
        {"two brackets", "<<ann@example.org>>", 1},
        {"a blank before", " <ann@example.org>", 0},
        {"a blank after", "<ann@example.org> ", 18},
        {"a blank inside", "<ann smith@example.org>", 1},
        {"an empty label", "<ann@example..org>", 5},
        {"a trailing dot", "<ann@example.org.>", 5},
        {"a leading dot in the local-part", "<.ann@example.org>", 1},
        {"two dots in the local-part", "<a..nn@example.org>", 1},
        {"a trailing dot in the local-part", "<ann.@example.org>", 1},
        {"a quoted string without end", "<\"ann@example.org>", 1},
        {"a backslash at the end", "<\"ann\\>", 1},
        {"a backslash before 8-bit", "<\"a\\\xc3\xbc\"@example.org>", 1},
        {"text between quote and @", "<\"ann\"x@example.org>", 6},
        {"a literal that is no address", "<ann@[victim.example]>", 5},
        {"an IPv6 literal without its tag", "<ann@[2001:db8::1]>", 5},
        {"an IPv4 literal with the other tag", "<ann@[IPv6:192.0.2.1]>", 5},
        {"two tags", "<ann@[IPv6:IPv6:2001:db8::1]>", 5},
        {"an open literal", "<ann@[192.0.2.1>", 5},
        {"a route without addresses", "<@relay.example:>", 16},
        {"a route without its colon", "<@relay.example,ann@example.org>", 16},
        {"an empty route", "<@:ann@example.org>", 2},
        {"only a bracket", "<", 1},
        {"two empty pairs", "<><>", 1},
    }));
    INFO(c.what);
    CHECK(read(c.path) == "refused at " + std::to_string(c.position));
}

TEST_CASE("a path may be as long as the limit and no longer", "[message]") {
    message::Limits limits;
    limits.path_bytes = 20;
    CHECK(parse_path("<abcdef@example.org>", limits).has_value());
    CHECK_FALSE(parse_path("<abcdefg@example.org>", limits).has_value());
}

TEST_CASE("what a path says can be printed and read again", "[message]") {
    for (const char* const local_part :
         {"ann", "ann smith", "", "a@b", "a\"b\\c", ".", "a.b", "a..b", "<>"}) {
        const message::Mailbox mailbox{local_part, "example.org"};
        CAPTURE(print(mailbox));
        const auto bare = parse_path(print(mailbox));
        REQUIRE(bare.has_value());
        CHECK(*bare == mailbox);
        const auto bracketed = parse_path('<' + print(mailbox) + '>');
        REQUIRE(bracketed.has_value());
        CHECK(*bracketed == mailbox);
        const auto list = message::parse_address_list(print(mailbox));
        REQUIRE(list.has_value());
        CHECK(list->mailboxes == std::vector<message::Mailbox>{mailbox});
    }
}
