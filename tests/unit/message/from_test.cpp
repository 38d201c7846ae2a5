#include "message/from.h"

#include "message/parse_message.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using message::Author;
using message::find_author;
using message::HeaderField;
using message::HeaderList;
using namespace std::string_view_literals;

namespace {

HeaderList header_of(std::string_view text) {
    const auto parsed = message::parse_message(text);
    REQUIRE(parsed.has_value());
    return parsed->headers;
}

// "one victim.example", "several domains a.example b.example", "several fields".
std::string read(std::string_view text) {
    const Author author = find_author(header_of(text));
    std::string shown(print(author.state));
    for (const base::DomainName& domain : author.domains) {
        shown += ' ' + domain.text();
    }
    CHECK(author.problem.empty() == (author.state == Author::State::one));
    return shown;
}

struct AuthorCase {
    const char* what;
    std::string_view header;
    const char* expected;
};

} // namespace

TEST_CASE("a From of one domain names the author", "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"an ordinary From", "Subject: x\r\nFrom: Ann <ann@Example.ORG>\r\n\r\n", "one example.org"},
        {"the name in any case", "fRoM: ann@example.org\r\n\r\n", "one example.org"},
        {"a blank before the colon", "From : ann@example.org\r\n\r\n", "one example.org"},
        {"a U-label",
         "From: ann@b\xc3\xbc"
         "cher.example\r\n\r\n",
         "one xn--bcher-kva.example"},
        {"several addresses of one domain", "From: ann@example.org, Bob <bob@EXAMPLE.org>\r\n\r\n",
         "one example.org"},
        {"a U-label and its A-label are one domain",
         "From: a@b\xc3\xbc"
         "cher.example, b@xn--bcher-kva.example\r\n\r\n",
         "one xn--bcher-kva.example"},
        {"a group of one domain", "From: T: a@x.example, b@x.example;\r\n\r\n", "one x.example"},
        {"A11: an obsolete route", "From: <@attacker.example,@any.example:admin@victim.example>\r\n\r\n",
         "one victim.example"},
        {"an empty member", "From: Ann <ann@x.example>,\r\n\r\n", "one x.example"},
        {"a final dot", "From: Ann <ann@x.example.>\r\n\r\n", "one x.example"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("outside of the grammar an author is read where all programs agree",
          "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"the address once more as name", "From: ann@x.example <ann@x.example>\r\n\r\n", "one x.example"},
        {"another one of the domain as name", "From: bob@X.example <ann@x.example>\r\n\r\n", "one x.example"},
        {"the same in single quotes", "From: 'ann@x.example' <ann@x.example>\r\n\r\n", "one x.example"},
        {"a comma in the name", "From: Acme, Inc. <ann@x.example>\r\n\r\n", "one x.example"},
        {"a colon in the name", "From: Re: Acme: news <ann@x.example>\r\n\r\n", "one x.example"},
        {"a semicolon for a comma", "From: ann@x.example; bob@x.example\r\n\r\n", "one x.example"},
        {"square brackets in the name", "From: [Acme] Ann <ann@x.example>\r\n\r\n", "one x.example"},
        {"brackets in the name", "From: Ann <sales> <ann@x.example>\r\n\r\n", "one x.example"},
        {"an open quote", "From: Ann \"Smith <ann@x.example>\r\n\r\n", "one x.example"},
        {"an open parenthesis", "From: Ann (Smith <ann@x.example>\r\n\r\n", "one x.example"},
        {"a parenthesis too many", "From: Ann Smith) <ann@x.example>\r\n\r\n", "one x.example"},
        {"text behind the bracket", "From: <ann@x.example> Ann\r\n\r\n", "one x.example"},
        {"an open bracket", "From: Ann <ann@x.example\r\n\r\n", "one x.example"},
        {"Latin-1 in the name", "From: J\xfcrgen <ann@x.example>\r\n\r\n", "one x.example"},
        {"GB2312 in a quoted name", "From: \"\xd5\xc5\xc8\xfd\" <ann@x.example>\r\n\r\n", "one x.example"},
        {"ISO 2022 would need an escape", "From: \x1b$B <ann@x.example>\r\n\r\n", "unreadable"},
        {"Latin-1 in the local-part", "From: j\xfcrgen@x.example\r\n\r\n", "unreadable"},
        {"Latin-1 in the domain", "From: ann@m\xfcller.example\r\n\r\n", "unreadable"},
        {"a quoted address as name", "From: \"a@y.example\" <ann@x.example>\r\n\r\n", "one x.example"},
        {"a quoted address, then a fold", "From: \"a@y.example\"\r\n <ann@x.example>\r\n\r\n",
         "one x.example"},
        {"a quoted address among words", "From: x \"a@y.example\" y <ann@x.example>\r\n\r\n",
         "one x.example"},
        {"an encoded address as name", "From: =?utf-8?q?a=40y.example?= <ann@x.example>\r\n\r\n",
         "one x.example"},
        {"a comment with an address of the domain", "From: ann@x.example (bob@x.example)\r\n\r\n",
         "one x.example"},
        {"two dots in the local-part", "From: Ann <a..b@x.example>\r\n\r\n", "one x.example"},
        {"a dot behind it", "From: <a.@x.example>\r\n\r\n", "one x.example"},
        {"a dot before it", "From: .a@x.example\r\n\r\n", "one x.example"},
        {"dots alone for it", "From: <..@x.example>\r\n\r\n", "unreadable"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("an at-sign in a name is no address unless some program may take it for one",
          "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"an at-sign for at", "From: John @ Work <ann@x.example>\r\n\r\n", "one x.example"},
        {"a nick", "From: Twitter @ann <ann@x.example>\r\n\r\n", "one x.example"},
        {"a nick in a comment", "From: Ann (@ann) <ann@x.example>\r\n\r\n", "one x.example"},
        {"a label for a domain in the name", "From: Sales@Ours <ann@x.example>\r\n\r\n", "one x.example"},
        {"an at-sign alone", "From: Ann @ <ann@x.example>\r\n\r\n", "one x.example"},
        {"a quoted-pair", "From: \"Ann \\@ Work\" <ann@x.example>\r\n\r\n", "one x.example"},
        {"quotes in quotes", "From: \"Bob @ \\\"Work\\\"\" <ann@x.example>\r\n\r\n", "one x.example"},
        {"Latin-1 at home", "From: \"Caf\xe9 @ Home\" <ann@x.example>\r\n\r\n", "one x.example"},
        {"a price", "From: Sale @ 50% <ann@x.example>\r\n\r\n", "one x.example"},
        {"a label outside of ASCII", "From: Ann @ B\xc3\xbcro <ann@x.example>\r\n\r\n", "one x.example"},
        {"a label and an encoded word", "From: Ann @ Work =?utf-8?q?x?= <ann@x.example>\r\n\r\n",
         "one x.example"},
        {"a host without a domain", "From: Cron (x) <root@localhost>\r\n\r\n", "one localhost"},
        {"a label is all there is", "From: Ann @ Work <ann@office>\r\n\r\n", "unreadable"},
        {"a label, then an address of somebody else", "From: Ann @ Work, a@y.example <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"a label and a dot behind a bracket", "From: a@y<.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"a label and a dot behind a comma", "From: a@y,.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"a label and a dot in a comment", "From: a@y(.example) <ann@x.example>\r\n\r\n", "unreadable"},
        {"a label and a dot behind quotes", "From: a@y\"\".example <ann@x.example>\r\n\r\n", "unreadable"},
        {"a label in two pieces, a bracket between", "From: a@y>\r\n z.example <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"a label in two pieces, empty brackets between", "From: a@y< >z.example <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"empty brackets before a domain", "From: Joe a@@<>y.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"brackets before a domain", "From: ann@x.example Joe a@><y.example\r\n\r\n", "unreadable"},
        {"words in brackets behind an address", "From: <ann@x.example> <com\r\n\r\n", "unreadable"},
        {"and an at-sign behind a comma", "From: <ann@x.example> <com, @\r\n\r\n", "unreadable"},
        {"words in brackets before an address", "From: Ann <com> <ann@x.example>\r\n\r\n", "one x.example"},
        {"a bracket before a domain", "From: <ann@x.example>, a@> y.example\r\n\r\n", "unreadable"},
        {"two labels in the name", "From: Ann @ y.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"a label and an ideographic dot",
         "From: a@y\xe3\x80\x82"
         "example <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"a label and a dot in Latin-1",
         "From: a@y\xb7"
         "example <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"an encoded label", "From: =?utf-8?q?a=40y?= , <ann@x.example>\r\n\r\n", "unreadable"},
        {"an encoded rest of a domain", "From: a@y=?utf-8?q?.example?= <ann@x.example>\r\n\r\n",
         "unreadable"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("letters outside of ASCII may not leave open where a domain ends",
          "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"letters outside of ASCII behind a domain", "From: Joe a@y.example.\xe3\x81\xbf\r\n\r\n",
         "unreadable"},
        {"without a dot between", "From: Joe a@y.example\xe3\x81\xbf\r\n\r\n", "unreadable"},
        {"and an ASCII label", "From: Joe a@y.example\xe3\x81\xbf.example\r\n\r\n", "unreadable"},
        {"behind a domain outside of ASCII", "From: Joe a@m\xc3\xbcller.example.\xe3\x81\xbf\r\n\r\n",
         "unreadable"},
        {"in an open bracket", "From: Joe <a@y.example.\xe3\x81\xbf\r\n\r\n", "unreadable"},
        {"in a bracket too many", "From: a@y.example.\xe3\x81\xbf>\r\n\r\n", "unreadable"},
        {"in an open quote", "From: \"Joe a@y.example.\xe3\x81\xbf\r\n\r\n", "unreadable"},
        {"in a group", "From: G: Joe a@y.example.\xe3\x81\xbf;\r\n\r\n", "unreadable"},
        {"behind words", "From: a@y.example.\xe3\x81\xbf Joe\r\n\r\n", "unreadable"},
        {"behind blanks in the local-part", "From: joe . a@y.example.\xe3\x81\xbf\r\n\r\n", "unreadable"},
        {"behind a quoted local-part", "From: \"j d\"@y.example.\xe3\x81\xbf\r\n\r\n", "unreadable"},
        {"behind a comment", "From: j(d)@y.example.\xe3\x81\xbf\r\n\r\n", "unreadable"},
        {"in the name", "From: a@y.example.\xe3\x81\xbf <a@y.example>\r\n\r\n", "unreadable"},
        {"the beginning is a label", "From: Joe a@m\xc3\xbcller.example\r\n\r\n",
         "one xn--mller-kva.example"},
        {"a domain in brackets", "From: Joe <a@y.example.\xe3\x81\xbf>\r\n\r\n", "one y.example.xn--cbk"},
        {"a domain behind quotes", "From: \"Joe\" <a@www.m\xc3\xbcller.example>\r\n\r\n",
         "one www.xn--mller-kva.example"},
        {"a domain beside a comment", "From: a@y.example.\xe3\x81\xbf (Joe)\r\n\r\n",
         "one y.example.xn--cbk"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("an address of another domain beside the author's makes From unreadable",
          "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"an address of another domain as name", "From: a@y.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"of a subdomain", "From: a@y.x.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"in single quotes", "From: 'a@y.example' <ann@x.example>\r\n\r\n", "unreadable"},
        {"behind an open quote", "From: \"a@y.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"behind an open parenthesis", "From: (a@y.example <ann@x.example>\r\n\r\n", "unreadable"},
        {"in quotes beside a comma", "From: \"a@y.example\", <ann@x.example>, Inc\r\n\r\n", "unreadable"},
        {"in an encoded word beside a comma", "From: =?utf-8?q?a=40y.example?=, <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"in two encoded words", "From: =?utf-8?q?a=40?= =?utf-8?b?eS5leGFtcGxl?=, <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"in a comment", "From: ann@x.example (a@y.example)\r\n\r\n", "unreadable"},
        {"in a comment of a name", "From: Ann (a@y.example) <ann@x.example>\r\n\r\n", "unreadable"},
        {"in a nested comment", "From: ann@x.example (((a@y.example)))\r\n\r\n", "unreadable"},
        {"behind a nested comment", "From: (()a@y.example) ann@x.example\r\n\r\n", "unreadable"},
        {"behind an escaped parenthesis", "From: (\\)a@y.example) ann@x.example\r\n\r\n", "unreadable"},
        {"with an escaped at-sign", "From: (a\\@y.example) ann@x.example\r\n\r\n", "unreadable"},
        {"with blanks around it", "From: (a @ y.example) ann@x.example\r\n\r\n", "unreadable"},
        {"encoded in a comment", "From: (=?utf-8?b?YUB5LmV4YW1wbGU=?=) ann@x.example\r\n\r\n", "unreadable"},
        {"in UTF-16 in a comment", "From: (=?utf-16?b?AGEAQAB5AC4AZQB4?=) ann@x.example\r\n\r\n",
         "unreadable"},
        {"in quotes with a fold", "From: \"a@y.example\r\n b\" <ann@x.example>\r\n\r\n", "unreadable"},
        {"in quotes before a fold in others", "From: \"a@y.example\" \"b\r\n c\" <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"in quotes with a quoted-pair", "From: \"\\\"a@y.example\" <ann@x.example>\r\n\r\n", "unreadable"},
        {"in quotes with a control character", "From: \"a@y.example\x01\" <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"in quotes behind a quote in a comment", "From: (\") \"a@y.example\" <ann@x.example>\r\n\r\n",
         "unreadable"},
        {"as name of a group", "From: \"a@y.example\": ann@x.example;\r\n\r\n", "unreadable"},
        {"as name of a group, folded", "From: \"a@y.example\r\n b\": ann@x.example;\r\n\r\n", "unreadable"},
        {"encoded, as name of a group", "From: =?utf-8?q?a=40y.example?=: ann@x.example;\r\n\r\n",
         "unreadable"},
        {"as local-part", "From: \"a@y.example\"@x.example\r\n\r\n", "unreadable"},
        {"the domain as comment before it", "From: a@(y.example)x.example\r\n\r\n", "unreadable"},
        {"a blank in the domain", "From: a@y .x.example\r\n\r\n", "unreadable"},
        {"a third one in a comment", "From: a@x.example, b@y.example (c@z.example)\r\n\r\n", "unreadable"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("without From there is no author", "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"A8: no From at all", "Sender: admin@victim.example\r\nResent-From: admin@victim.example\r\n\r\n",
         "none"},
        {"no header at all", "\r\n", "none"},
        {"an empty group", "From: Nobody:;\r\n\r\n", "none"},
        {"names that only contain it",
         "X-From: a@b.example\r\nFromage: a@b.example\r\n>From: a@b.example\r\n\r\n", "none"},
        {"From within a proper fold", "Subject: x\r\n From: a@b.example\r\n\r\n", "none"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("two From fields have no author, however one of them is written",
          "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"A6: two From fields", "From: first@attacker.example\r\nFrom: admin@victim.example\r\n\r\n",
         "several fields"},
        {"two equal From fields", "From: a@b.example\r\nFrom: a@b.example\r\n\r\n", "several fields"},
        {"A7: a leading blank on the first line",
         " From: a@attacker.example\r\nFrom: admin@victim.example\r\n\r\n", "several fields"},
        {"A7: a blank before the colon", "From: a@attacker.example\r\nFrom : admin@victim.example\r\n\r\n",
         "several fields"},
        {"A7: a fold before the colon", "From: a@attacker.example\r\nFrom\r\n : admin@victim.example\r\n\r\n",
         "several fields"},
        {"A7: a tab and a blank before the colon",
         "From\t : a@attacker.example\r\nFROM: admin@victim.example\r\n\r\n", "several fields"},
        {"A7: the first of them folded",
         "From \r\n : a@attacker.example\r\nFrom: admin@victim.example\r\n\r\n", "several fields"},
        {"an invisible character in the name",
         "From: a@attacker.example\r\nFr\xe2\x80\x8bom: admin@victim.example\r\n\r\n", "several fields"},
        {"a no-break space in the name",
         "From: a@attacker.example\r\nFrom\xc2\xa0: admin@victim.example\r\n\r\n", "several fields"},
        {"a NUL in the name", "From: a@attacker.example\r\nF\0rom: admin@victim.example\r\n\r\n"sv,
         "several fields"},
        {"a blank in the name", "From: a@attacker.example\r\nFr om: admin@victim.example\r\n\r\n",
         "several fields"},
        {"a From behind a bare CR", "From: a@attacker.example\r\nX: y\rFrom: admin@victim.example\r\n\r\n",
         "several fields"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("authors in several domains are all told", "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"A9: addresses in two domains", "From: <first@attacker.example>, <admin@victim.example>\r\n\r\n",
         "several domains attacker.example victim.example"},
        {"A9: in three", "From: a@x.example, b@y.example, c@x.example, d@z.example\r\n\r\n",
         "several domains x.example y.example z.example"},
        {"A13: an address and one in brackets", "From: admin@victim.example,<x@attacker.example>\r\n\r\n",
         "several domains victim.example attacker.example"},
        {"a group and an address", "From: T: a@x.example;, b@y.example\r\n\r\n",
         "several domains x.example y.example"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("a From that programs read in different ways is unreadable",
          "[message][rfc9989-5.3.1][rfc5322-3.6.2]") {
    const auto c = GENERATE(values<AuthorCase>({
        {"A10: an encoded address", "From: =?utf-8?B?YWRtaW5AbGVnaXQ=?=,<x@attacker.example>\r\n\r\n",
         "unreadable"},
        {"A12: a quoted-pair before the comma", "From: <a@victim.example>\\,<x@attacker.example>\r\n\r\n",
         "unreadable"},
        {"A13: text behind the bracket", "From: <x@attacker.example>admin@victim.example\r\n\r\n",
         "unreadable"},
        {"B1: an invisible character behind the domain", "From: admin@victim.example\xe2\x80\x80\r\n\r\n",
         "unreadable"},
        {"B1: a zero-width one", "From: admin@victim.example\xe2\x80\x8b\r\n\r\n", "unreadable"},
        {"B1: a soft hyphen", "From: admin@vic\xc2\xadtim.example\r\n\r\n", "unreadable"},
        {"B1: a full-width dot",
         "From: admin@victim\xef\xbc\x8e"
         "example\r\n\r\n",
         "unreadable"},
        {"B2: a whole address encoded", "From: =?utf-8?B?YWRtaW5AbGVnaXQ=?=\r\n\r\n", "unreadable"},
        {"an empty From", "From:\r\n\r\n", "unreadable"},
        {"an address literal", "From: ann@[192.0.2.1]\r\n\r\n", "unreadable"},
        {"a name beside an address literal", "From: a@x.example, ann@[192.0.2.1]\r\n\r\n", "unreadable"},
        {"a domain no name can be", "From: ann@exam'ple.org\r\n\r\n", "unreadable"},
        {"a label of 64 octets",
         "From: ann@0123456789012345678901234567890123456789012345678901234567890123.example\r\n\r\n",
         "unreadable"},
        {"a NUL in the address", "From: ann@victim.example\0.attacker.example\r\n\r\n"sv, "unreadable"},
        {"a bare CR with a second From in the only one",
         "From: a@attacker.example\rFrom: b@victim.example\r\n\r\n", "unreadable"},
        {"the only From with a leading blank", " From: a@b.example\r\n\r\n", "unreadable"},
        {"the only From with a folded name", "From\r\n : a@b.example\r\n\r\n", "unreadable"},
    }));
    INFO(c.what);
    CHECK(read(c.header) == c.expected);
}

TEST_CASE("everybody whom From names is listed", "[message]") {
    const auto all = [](std::string_view text) { return find_author(header_of(text)).mailboxes; };
    using message::Mailbox;
    const Mailbox ann{"ann", "x.example"};
    CHECK(all("From: ann@x.example\n\n") == std::vector{ann});
    CHECK(all("From: T: Ann <ann@x.example>, b@x.example;, c@y.example\n\n") ==
          std::vector<Mailbox>{ann, {"b", "x.example"}, {"c", "y.example"}});
    CHECK(all("From: ann@x.example, b@[192.0.2.1]\n\n") == std::vector<Mailbox>{ann, {"b", "[192.0.2.1]"}});
    CHECK(all("From: nonsense\n\n").empty());
    CHECK(all("From: boss@x.example <ann@x.example>\n\n") ==
          std::vector<Mailbox>{{"boss", "x.example"}, ann});
    CHECK(all("From: ann@x.example (boss@x.example)\n\n") ==
          std::vector<Mailbox>{ann, {"boss", "x.example"}});
    CHECK(all("From: Acme, Inc. <ann@x.example>\n\n") == std::vector{ann});
    CHECK(all("From: Acme, Inc. <\"ann\"@x.example>\n\n") == std::vector{ann});
    // What readers make different things of is nobody's name.
    CHECK(all("From: \"boss\".ann@x.example\n\n") ==
          std::vector<Mailbox>{{"boss.ann", "x.example"}, {"", "x.example"}});
    CHECK(all("From: boss . ann@x.example\n\n") ==
          std::vector<Mailbox>{{"boss.ann", "x.example"}, {"", "x.example"}});
}

TEST_CASE("a local-part that readers could end in several places is nobody's", "[message]") {
    struct Case {
        const char* body;
        const char* local_part;
    };
    const auto c = GENERATE(values<Case>({
        {":ceo . ann@x.example", ""},      {"ceo. ann@x.example>", ""},
        {"ceo.\r\n ann@x.example>", ""},   {"ceo ann@x.example", ""},
        {"ceo ann@x.example>", ""},        {"\"ceo\" ann@x.example", ""},
        {"\"ceo\".ann@x.example>", ""},    {"ceo(x)ann@x.example>", ""},
        {"ceo \"ann\"@x.example", ""},     {"ceo.\"ann\"@x.example>", ""},
        {"\"ceo\\\"ann\"@x.example>", ""}, {"ceo>ann@x.example", ""},
        {"[ceo]ann@x.example", ""},        {"<ceo..ann@x.example>", ""},
        {"<ann.@x.example>", ""},          {"<.ann@x.example>", ""},
        {"\"ceo <ann@x.example>", ""},     {"(ceo <ann@x.example>", ""},
        {"ceo (x <ann@x.example>", ""},    {"<x> <ann@x.example>", ""},
        {"Acme; 'ann@x.example", ""},      {"Acme, Inc <ann@x.example>", "ann"},
        {"<;ann@x.example>", ""},          {"<ceo:ann@x.example>", ""},
        {"<ceo,ann@x.example", ""},        {"@ceo:ann@x.example", ""},
        {"<ceo<ann@x.example>", ""},       {"<<ann@x.example>", ""},
        {"Re: ann@x.example>", "ann"},     {"ann@x.example>", "ann"},
        {"<ann @x.example", "ann"},        {"Acme, <\"ann\"@x.example>", "ann"},
        {"Acme; ann@x.example", "ann"},
    }));
    CAPTURE(c.body);
    const Author author = find_author(header_of(fmt::format("From: {}\r\n\r\n", c.body)));
    REQUIRE(author.state == Author::State::one);
    CHECK(author.mailboxes == std::vector<message::Mailbox>{{c.local_part, "x.example"}});
}

TEST_CASE("a reason names the place", "[message]") {
    CHECK(find_author(header_of("From: (()a@y.example) ann@x.example\n\n")).problem ==
          "From can be read in two ways: an address that some readers take for the author's at position 5");
    CHECK(find_author(header_of("From: a@y.example <ann@x.example>\n\n")).problem ==
          "From cannot be read: text after an address at position 13");
}

TEST_CASE("more addresses than the limit are no list of authors", "[message]") {
    message::Limits limits;
    limits.mailboxes = 2;
    const HeaderList headers = header_of("From: a@x.example, b@y.example, c@z.example\n\n");
    const Author author = find_author(headers, limits);
    CHECK(author.state == Author::State::unreadable);
    CHECK(author.problem == "From cannot be read: more than 2 addresses at position 27");
    CHECK(author.domains.empty());
}

TEST_CASE("a field from a milter counts like one from text", "[message]") {
    HeaderList headers;
    headers.add(HeaderField("From", " ann@example.org"));
    CHECK(find_author(headers).state == Author::State::one);
    headers.add(HeaderField("Fr\x01om", " ann@example.org"));
    CHECK(find_author(headers).state == Author::State::several_fields);
}

TEST_CASE("what a line-splitting reader would see counts", "[message]") {
    struct Case {
        const char* what;
        std::string_view text;
        bool expected;
    };
    const auto c = GENERATE(values<Case>({
        {"behind a bare CR", "X: y\rFrom: z", true},
        {"behind a bare LF", "X: y\nFROM : z", true},
        {"behind several line breaks", "X: y\r\n\r\r\nfrom: z", true},
        {"behind a CRLF without a blank", "X: y\r\nFrom: z", true},
        {"in the second of two such lines", "X: y\rA: b\rFrom: z", true},
        {"behind a vertical tab", "X: y\vFrom: z", true},
        {"behind a form feed", "X: y\fFrom: z", true},
        {"behind FS",
         "X: y\x1c"
         "From: z",
         true},
        {"behind GS",
         "X: y\x1d"
         "From: z",
         true},
        {"behind RS",
         "X: y\x1e"
         "From: z",
         true},
        {"with a form feed in its name", "X: y\nFr\fom: z", true},
        {"with a CR in its name, to whom a line ends at LF", "X: y\nFr\rom: z", true},
        {"behind a control at which no line ends",
         "X: y\x1f"
         "From: z",
         false},
        {"a form feed and a blank", "X: y\f From: z", false},
        {"a fold", "X: y\r\n From: z", false},
        {"a fold beside a stray CR", "X: a\rb\r\n From: z", false},
        {"no colon", "X: y\rFrom z", false},
        {"another name", "X: y\rFrom-Line: z", false},
        {"a line break at the end", "X: y\r", false},
    }));
    INFO(c.what);
    CHECK(message::resembles_from(HeaderField::from_text(c.text)) == c.expected);
}
