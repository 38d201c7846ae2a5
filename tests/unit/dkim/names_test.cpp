#include "dkim/names.h"

#include "support/catch.h"

#include <string>

TEST_CASE("identities that a signature of example.org may bear") {
    struct Case {
        std::string text;
        std::string expected; // empty: none
    };
    const std::string local(64, 'x');
    const Case cases[] = {
        {"@example.org", "@example.org"},
        {"ann@example.org", "ann@example.org"},
        {"ann@sub.Example.ORG", "ann@sub.example.org"},
        {"ann+tag@example.org", "ann+tag@example.org"},
        {"a..b@example.org", "a..b@example.org"},
        {"@m\xc3\xbcller.example.org", "@xn--mller-kva.example.org"},
        {"\"a b\"@example.org", "\"a b\"@example.org"},
        {"\"x@sub\"@example.org", "\"x@sub\"@example.org"},
        {local + "@example.org", local + "@example.org"},
        {"", ""},
        {"example.org", ""},
        {"ann", ""},
        {"ann@", ""},
        {"ann@example.com", ""},
        {"ann@notexample.org", ""},
        {"ann@org", ""},
        {"ann@exa mple.org", ""},
        {"a b@example.org", ""},
        {"a;b@example.org", ""},
        {"x@sub@example.org", ""},
        {"a(b@example.org", ""},
        {"a(b)@example.org", ""},
        {"\"a\"b\"@example.org", ""},
        {"\"a\\\"@example.org", ""},
        {"<ann@example.org>", ""},
        {"a\xff@example.org", ""},
        {std::string(400, 'x') + "@example.org", ""},
        {std::string("a\0b@example.org", 15), ""},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK(dkim::read_identity(c.text, "example.org").value_or("") == c.expected);
        // What is read here is what signing takes, and what is not, is refused there as well.
        const bool taken = !c.text.empty() && dkim::signer_refusal("example.org", "s", c.text).empty();
        CHECK(taken == !c.expected.empty());
    }
}
