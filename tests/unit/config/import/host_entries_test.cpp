// Entries of lists of hosts: taken over where they matched somebody, and never wider.
#include "config/import/host_entries.h"
#include "support/catch.h"

namespace import = config::import;

TEST_CASE("entries of lists of hosts never match more than they did") {
    struct Case {
        const char* text;
        bool patterns;
        const char* expected; // empty: left out
        bool strangers = false;
    };
    const Case cases[] = {
        {"127.0.0.1", false, "127.0.0.1/32"},
        {"[192.0.2.1]", false, "192.0.2.1/32"},
        {"::1", false, "::1/128"},
        {"2001:DB8::1", false, "2001:db8::1/128"},
        {"2001:db8:0::1", false, ""}, // written another way: never found
        {"10.0.0.0/8", false, "10.0.0.0/8"},
        {"192.0.2.1/32", false, "192.0.2.1/32"},
        {"192.168.0.1/24", false, ""}, // host bits
        {"192.168.000.0/24", false, ""},
        {"10.0.0.0/255.0.0.0", false, ""},
        {"2001:db8::/32", false, "2001:db8::/32"},
        {"!10.0.0.5", false, "!10.0.0.5/32"},
        {"localhost", false, "localhost"},
        {"mail.example.org", false, "mail.example.org"},
        {".example.org", false, ".example.org"},
        {"*.example.org", false, ""}, // no wildcard in a plain list
        {"*.example.org", true, ""},  // OpenDKIM finds it for "!mail.example.org" first
        {"!*.example.org", true, "!.example.org"},
        {"10.0.0.*", false, ""},
        {"10.0.0.*", true, "10.0.0.0/24"},
        {"10.*", true, "10.0.0.0/8"},
        {"mail*.example.org", true, ""},
        {"*", true, ""},
        {"*.1", true, ""},
        {"[192.0.2.1]", true, ""}, // one sign of those in brackets
        {"(mail|mx).example.org", true, ""},
        {"*", false, ""},
        {"0.0.0.0/0", false, "0.0.0.0/0", true},
        {"::/0", false, "::/0", true},
        {"0.0.0.0/1", false, "0.0.0.0/1", true},
        {"!0.0.0.0/0", false, "!0.0.0.0/0", false},
        {"fd00::/8", false, "fd00::/8", false},
        {".org", false, ".org", true},
        {"not a host", false, ""},
        {"caf\xc3", false, ""},
        {"", false, ""},
        {"!", false, ""},
        {"10.0.0.0/33", false, ""},
        {"/etc/hosts", false, ""},
        {"127.0.0.1:8891", false, ""},
    };
    for (const Case& test : cases) {
        INFO(test.text << (test.patterns ? " as a pattern" : ""));
        const auto entry = import::read_host(test.text, test.patterns);
        CHECK(entry.text == test.expected);
        CHECK(entry.strangers == test.strangers);
        CHECK(entry.why.empty() == !entry.text.empty());
    }
}

TEST_CASE("a row of a refile: that begins with a star excepts what it names") {
    CHECK(import::excepts("*", "127.0.0.1"));
    CHECK(import::excepts("*.example.org", "mail.Example.org"));
    CHECK(import::excepts("*.example.org", ".example.org"));
    CHECK_FALSE(import::excepts("*.example.org", "example.org"));
    CHECK_FALSE(import::excepts("10.*", "10.0.0.1"));
    CHECK(import::excepts("!10.*", "10.1.2.0/24"));
    CHECK_FALSE(import::excepts("!10.1.2.3", "10.1.2.3")); // which is an entry of its own
    CHECK_FALSE(import::excepts("*a*a", "ab"));
}

TEST_CASE("a mask is a length where its bits are together") {
    CHECK(import::prefix_of_mask("255.255.0.0") == 16);
    CHECK(import::prefix_of_mask("0.0.0.0") == 0);
    CHECK(import::prefix_of_mask("255.255.255.255") == 32);
    for (const char* text : {"255.0.255.0", "16", "", "255.255.0", "255.255.0.0 "}) {
        CHECK_FALSE(import::prefix_of_mask(text));
    }
}
