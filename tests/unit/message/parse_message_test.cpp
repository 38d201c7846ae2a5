#include "message/parse_message.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using message::parse_message;

namespace {

std::vector<std::string> texts(const message::Message& parsed) {
    std::vector<std::string> all;
    for (const message::HeaderField& field : parsed.headers) {
        all.push_back(field.text());
    }
    return all;
}

std::string with_lf(std::string_view text) {
    std::string lines;
    for (const char c : text) {
        if (c != '\r') {
            lines += c;
        }
    }
    return lines;
}

} // namespace

TEST_CASE("a message is split into fields and body", "[message][rfc5322-2.1]") {
    struct Case {
        std::string what;
        std::string text;
        std::vector<std::string> fields;
        std::string body;
    };
    const std::vector<Case> cases{
        {"an ordinary message",
         "From: a@b\r\nTo: c@d\r\n\r\nhello\r\n",
         {"From: a@b", "To: c@d"},
         "hello\r\n"},
        {"a folded field", "Subject: a\r\n\tb\r\n c\r\n\r\n", {"Subject: a\r\n\tb\r\n c"}, ""},
        {"a folded field of blanks only",
         "Subject: a\r\n \r\nTo: x\r\n\r\n",
         {"Subject: a\r\n ", "To: x"},
         ""},
        {"no body", "From: a@b\r\n", {"From: a@b"}, ""},
        {"no line end after the last field", "From: a@b", {"From: a@b"}, ""},
        {"an empty line first", "\r\nFrom: a@b\r\n", {}, "From: a@b\r\n"},
        {"nothing", "", {}, ""},
        {"blank lines belong to the body", "A: b\r\n\r\n\r\nx\r\n", {"A: b"}, "\r\nx\r\n"},
        {"a body without a final line end", "A: b\r\n\r\nx", {"A: b"}, "x"},
        {"an mbox separator is skipped", "From a@b Thu Jan  1 00:00:00 1970\r\nA: b\r\n\r\n", {"A: b"}, ""},
        {"only the first line can be one", "A: b\r\nFrom a@b Thu\r\n\r\n", {"A: b", "From a@b Thu"}, ""},
        {"a From with a blank is no mbox separator", "From : a@b\r\n\r\n", {"From : a@b"}, ""},
        {"nor is one whose colon is folded", "From \r\n : a@b\r\n\r\n", {"From \r\n : a@b"}, ""},
        {"a first line with nothing to continue", " From: a@b\r\nTo: x\r\n\r\n", {" From: a@b", "To: x"}, ""},
        {"a line without a colon", "A: b\r\nwhat\r\n is this\r\n\r\n", {"A: b", "what\r\n is this"}, ""},
    };
    for (const Case& c : cases) {
        for (const std::string& text : {c.text, with_lf(c.text)}) {
            INFO(c.what << (text == c.text ? " with CRLF" : " with LF"));
            const auto parsed = parse_message(text);
            REQUIRE(parsed.has_value());
            CHECK(texts(*parsed) == c.fields);
            CHECK(parsed->body == c.body);
        }
    }
}

TEST_CASE("a lone CR ends no line", "[message]") {
    const auto parsed = parse_message("Subject: x\rFrom: y\nTo: z\n\na\rb\n");
    REQUIRE(parsed.has_value());
    CHECK(texts(*parsed) == std::vector<std::string>{"Subject: x\rFrom: y", "To: z"});
    CHECK(parsed->body == "a\rb\r\n");
}

TEST_CASE("fields say whether they are fields", "[message]") {
    const auto parsed = parse_message(" From: a\nwords\nTo: x\n\n");
    REQUIRE(parsed.has_value());
    REQUIRE(parsed->headers.size() == 3);
    CHECK_FALSE(parsed->headers[0].well_formed());
    CHECK_FALSE(parsed->headers[1].well_formed());
    CHECK(parsed->headers[2].well_formed());
}

TEST_CASE("a header over a limit is refused, never cut", "[message]") {
    message::Limits limits;
    limits.header_fields = 2;
    limits.header_field_bytes = 20;
    limits.header_bytes = 30;
    struct Case {
        const char* what;
        std::string_view text;
        bool accepted;
    };
    const auto c = GENERATE(values<Case>({
        {"as many fields as allowed", "A: 1\nB: 2\n\n", true},
        {"one field more", "A: 1\nB: 2\nC: 3\n\n", false},
        {"one field more, unfinished", "A: 1\nB: 2\nC: 3", false},
        {"a field as long as allowed", "A: 45678901234567890\n\n", true},
        {"a field one octet longer", "A: 456789012345678901\n\n", false},
        {"a field that grows too long by folding", "A: 4567890\n 45678901\n\n", false},
        {"as many octets as allowed", "A: 456789\nB: 45678901234567\n\n", true},
        {"one octet more", "A: 456789\nB: 456789012345678\n\n", false},
    }));
    INFO(c.what);
    CHECK(parse_message(c.text, limits).has_value() == c.accepted);
}
