#include "base/host_list.h"

#include "support/catch.h"

#include <algorithm>

namespace {

base::HostList list_of(const std::vector<const char*>& texts) {
    base::HostList list;
    for (const char* text : texts) {
        INFO(text);
        list.push_back(base::HostPattern::parse(text).value());
    }
    return list;
}

std::string found(const base::HostList& list, const char* name, const char* address) {
    const auto* pattern = find_host(list, name, base::IpAddress::parse(address));
    return pattern == nullptr ? "-" : pattern->print();
}

} // namespace

TEST_CASE("what is a host, and how it is printed") {
    struct Case {
        const char* text;
        const char* printed; // nullptr: refused
    };
    const Case cases[] = {
        {"192.0.2.1", "192.0.2.1/32"},
        {"[192.0.2.1]", "192.0.2.1/32"},
        {"192.0.2.0/24", "192.0.2.0/24"},
        {"10.0.0.1/8", "10.0.0.0/8"},
        {"[2001:db8::]/32", nullptr},
        {"[2001:DB8:0::1]", "2001:db8::1/128"},
        {"::ffff:192.0.2.1", "192.0.2.1/32"},
        {"!192.0.2.0/24", "!192.0.2.0/24"},
        {"![::1]", "!::1/128"},
        {"Mail.Example.ORG", "mail.example.org"},
        {".example.org", ".example.org"},
        {"!.example.org", "!.example.org"},
        {"m\xc3\xbcller.example", "xn--mller-kva.example"},
        {"localhost", "localhost"},
        {"a_b.example.org", "a_b.example.org"},
        {"", nullptr},
        {"!", nullptr},
        {"!!a.example", nullptr},
        {".", nullptr},
        {"..example.org", nullptr},
        {"example.org.", nullptr},
        {"*.example.org", nullptr},
        {"192.0.2", nullptr},
        {"192.0.2.", nullptr},
        {"192.0.2.256", nullptr},
        {".2.192", nullptr},
        {"192.0.2.0/33", nullptr},
        {"192.0.2.0/", nullptr},
        {"example.org/24", nullptr},
        {"fe80::1%eth0", nullptr},
        {"a b.example", nullptr},
        {"a@b.example", nullptr},
        {"-", nullptr},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const auto pattern = base::HostPattern::parse(c.text);
        REQUIRE(pattern.has_value() == (c.printed != nullptr));
        if (pattern) {
            CHECK(pattern->print() == c.printed);
            CHECK(base::HostPattern::parse(pattern->print()) == *pattern);
        } else {
            CHECK_FALSE(pattern.error().message.empty());
        }
    }
}

TEST_CASE("the order of lookup is OpenDKIM's") {
    struct Case {
        const char* says;
        std::vector<const char*> list;
        const char* name;
        const char* address;
        const char* found;
    };
    const Case cases[] = {
        {"an empty list holds nobody", {}, "mx.example.org", "192.0.2.1", "-"},
        {"a name", {"mx.example.org"}, "mx.example.org", "192.0.2.1", "mx.example.org"},
        {"in any case", {"mx.example.org"}, "MX.Example.org", "192.0.2.1", "mx.example.org"},
        {"with a dot at its end", {"mx.example.org"}, "mx.example.org.", "192.0.2.1", "mx.example.org"},
        {"a name does not hold those below", {"example.org"}, "mx.example.org", "192.0.2.1", "-"},
        {"a suffix holds those below", {".example.org"}, "a.b.example.org", "192.0.2.1", ".example.org"},
        {"but not the name itself", {".example.org"}, "example.org", "192.0.2.1", "-"},
        {"nor what only ends alike", {".example.org"}, "notexample.org", "192.0.2.1", "-"},
        {"the longer suffix decides",
         {".example.org", "!.b.example.org"},
         "a.b.example.org",
         "192.0.2.1",
         "-"},
        {"wherever it stands", {"!.b.example.org", ".example.org"}, "a.b.example.org", "192.0.2.1", "-"},
        {"a name before a suffix",
         {"!.example.org", "mx.example.org"},
         "mx.example.org",
         "192.0.2.1",
         "mx.example.org"},
        {"an exception before its like",
         {"mx.example.org", "!mx.example.org"},
         "mx.example.org",
         "192.0.2.1",
         "-"},
        {"an exception from a name leaves the address",
         {"!mx.example.org", "192.0.2.0/24"},
         "mx.example.org",
         "192.0.2.1",
         "192.0.2.0/24"},
        {"a name lets in what an address would not",
         {"mx.example.org", "!192.0.2.1"},
         "mx.example.org",
         "192.0.2.1",
         "mx.example.org"},
        {"without a name the address decides",
         {"mx.example.org", "!192.0.2.1", "192.0.2.0/24"},
         "",
         "192.0.2.1",
         "-"},
        {"the longer prefix decides", {"10.0.0.0/8", "!10.9.0.0/16", "10.9.1.0/24"}, "", "10.9.2.1", "-"},
        {"in both ways", {"10.9.1.0/24", "!10.9.0.0/16", "10.0.0.0/8"}, "", "10.9.1.1", "10.9.1.0/24"},
        {"an exception before its like", {"10.0.0.0/8", "!10.0.0.0/8"}, "", "10.9.1.1", "-"},
        {"families are apart", {"0.0.0.0/0"}, "", "::1", "-"},
        {"IPv6", {"2001:db8::/32", "!2001:db8:1::/48"}, "", "2001:db8:2::1", "2001:db8::/32"},
        {"what is no domain name is no name", {".example.org"}, "a b.example.org", "192.0.2.1", "-"},
        {"nor is an address in brackets", {"192.0.2.9"}, "[192.0.2.9]", "192.0.2.1", "-"},
    };
    for (const Case& c : cases) {
        INFO(c.says);
        auto list = list_of(c.list);
        CHECK(found(list, c.name, c.address) == c.found);
        std::reverse(list.begin(), list.end());
        CHECK(found(list, c.name, c.address) == c.found);
    }
}

TEST_CASE("a host without an address is known by its name alone") {
    const auto list = list_of({"0.0.0.0/0", "mx.example.org"});
    CHECK(find_host(list, "", std::nullopt) == nullptr);
    CHECK(find_host(list, "other.example.org", std::nullopt) == nullptr);
    CHECK(find_host(list, "mx.example.org", std::nullopt) != nullptr);
}
