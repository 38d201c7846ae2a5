#include "authenticate/pattern.h"

#include "support/catch.h"

#include <string>
#include <string_view>
#include <vector>

using authenticate::matches_address;
using authenticate::matches_domain;
using authenticate::read_pattern;

TEST_CASE("a pattern of a domain is for that domain, for those below it, or for what a star stands for") {
    struct Case {
        std::string_view pattern;
        std::string_view domain;
        bool matches;
    };
    const std::vector<Case> cases{
        {"example.org", "example.org", true},
        {"example.org", "EXAMPLE.org", true},
        {"EXAMPLE.ORG", "example.org", true},
        {"example.org", "example.org.", true},
        {"example.org", "www.example.org", false},
        {"example.org", "badexample.org", false},
        {"example.org", "example.org.evil.example", false},
        {".example.org", "www.example.org", true},
        {".example.org", "a.b.example.org", true},
        {".example.org", "example.org", false},
        {".example.org", "badexample.org", false},
        {".example.org", ".example.org", false},
        {"*.example.org", "www.example.org", true},
        {"*.example.org", "example.org", false},
        {"*example.org", "badexample.org", true},
        {"mail*.example.org", "mail7.example.org", true},
        {"mail*.example.org", "mail.example.org", true},
        {"a*b*c", "abc", true},
        {"a*b*c", "aXbXbXc", true},
        {"a*b*c", "acb", false},
        {"ab*ba", "aba", false}, // the ends may not overlap
        {"*", "anything.at.all", true},
        {"*", "", false},
        {"b\xC3\xBC"
         "cher.example",
         "xn--bcher-kva.example", true},
        {"xn--bcher-kva.example",
         "b\xC3\xBC"
         "cher.example",
         true},
        {".b\xC3\xBC"
         "cher.example",
         "mail.xn--bcher-kva.example", true},
        {"ann@example.org", "example.org", false}, // is one address
        {"example.org", "exa mple.org", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.pattern, c.domain);
        CHECK(matches_domain(c.pattern, c.domain) == c.matches);
        const auto kept = read_pattern(c.pattern);
        REQUIRE(kept);
        CHECK(matches_domain(*kept, c.domain) == c.matches);
        CHECK(read_pattern(*kept).value() == *kept);
    }
}

TEST_CASE("a pattern of an address has two halves, and no star reaches from one into the other") {
    struct Case {
        std::string_view pattern;
        std::string_view local_part;
        std::string_view domain;
        bool matches;
    };
    const std::vector<Case> cases{
        {"ann@example.org", "ann", "example.org", true},
        {"Ann@Example.org", "ANN", "example.ORG", true},
        {"ann@example.org", "anna", "example.org", false},
        {"ann@example.org", "ann", "www.example.org", false},
        {"@example.org", "bob", "example.org", true},
        {"example.org", "bob", "example.org", true},
        {".example.org", "bob", "www.example.org", true},
        {"ann@.example.org", "ann", "www.example.org", true},
        {"*-bounces@*.example.org", "news-bounces", "lists.example.org", true},
        {"*-bounces@*.example.org", "news", "lists.example.org", false},
        {"bounce+*@example.org", "bounce+ann=example.net", "example.org", true},
        {"*@example.org", "ann@example.org", "evil.example", false},
        {"*@example.org", "", "example.org", true},
        {"*example.org", "ann@example.org", "evil.example", false},
        {"a@b@example.org", "a@b", "example.org", true},
        {"ann@[192.0.2.1]", "ann", "[192.0.2.1]", true},
        {"ann@[192.0.2.1]", "ann", "[192.0.2.2]", false},
        {"<>", "", "", true},
        {"<>", "ann", "example.org", false},
        {"*", "", "", false}, // nobody is not anybody
        {"*@*", "", "", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.pattern, c.local_part, c.domain);
        CHECK(matches_address(c.pattern, c.local_part, c.domain) == c.matches);
        CHECK(matches_address(read_pattern(c.pattern).value(), c.local_part, c.domain) == c.matches);
    }
}

TEST_CASE("what could match nothing is no pattern") {
    const std::vector<std::string> texts{"",           ".",
                                         "a..b",       "example.org.",
                                         "ann@",       "exa mple.org",
                                         "a/b",        "ann\n@example.org",
                                         "\xFF@a.org", "b\xC3\xBC*.example",
                                         "[192.0.2]",  std::string(321, 'a')};
    for (const std::string& text : texts) {
        CAPTURE(text);
        CHECK_FALSE(read_pattern(text));
        CHECK_FALSE(matches_domain(text, "anything.example"));
    }
}

TEST_CASE("many stars and long texts cost little") {
    std::string pattern;
    for (int i = 0; i < 150; ++i) {
        pattern += "a*";
    }
    const std::string text(1000, 'a');
    CHECK(matches_domain(pattern, text));
    CHECK_FALSE(matches_domain(pattern + "b", text));
    CHECK_FALSE(matches_domain("*", text + "a")); // longer than any name
}

TEST_CASE("a pattern for all domains names none") {
    for (const char* pattern : {"*", "*.*", "ann@*", ".*", "<>"}) {
        CHECK_FALSE(authenticate::names_a_domain(pattern));
    }
    for (const char* pattern : {"example.org", ".org", "*@example.org", "*.example.org"}) {
        CHECK(authenticate::names_a_domain(pattern));
    }
}
