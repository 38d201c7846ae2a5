#include "spf/record.h"

#include "support/catch.h"

#include <random>

namespace {

struct Good {
    const char* text;
    const char* printed; // null: as it was
};

const Good good[] = {
    {"v=spf1", nullptr},
    {"V=SPF1", "v=spf1"},
    {"v=spf1 ", "v=spf1"},
    {"v=spf1   a   -all  ", "v=spf1 a -all"},
    {"v=spf1 +a ?mx ~ptr -all", "v=spf1 a ?mx ~ptr -all"},
    {"v=spf1 A MX PTR ALL", "v=spf1 a mx ptr all"},
    {"v=spf1 a/24 mx//64 a/24//64", nullptr},
    {"v=spf1 a/32//128 mx/0//0", "v=spf1 a mx/0//0"},
    {"v=spf1 a:example.org/24//64 mx:%{d}/8 mx:%{d}//8", nullptr},
    {"v=spf1 a:foo:bar/baz.example.org", nullptr},
    {"v=spf1 a:foo/24.example.org/24", nullptr},
    {"v=spf1 a:%{l1r/}/24", nullptr},
    {"v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 ip4:0.0.0.0/0", nullptr},
    {"v=spf1 ip4:192.0.2.77/24 ip4:192.0.2.1/32", "v=spf1 ip4:192.0.2.0/24 ip4:192.0.2.1"},
    {"v=spf1 ip6:2001:DB8::1 ip6:2001:db8::ff/64 ip6:::/0",
     "v=spf1 ip6:2001:db8::1 ip6:2001:db8::/64 ip6:::/0"},
    {"v=spf1 ip6:::ffff:192.0.2.1 ip6:::ffff:192.0.2.1/97",
     "v=spf1 ip6:::ffff:192.0.2.1 ip6:::ffff:128.0.0.0/97"},
    {"v=spf1 include:_spf.example.net exists:%{ir}.%{l1r+-}._spf.%{d}", nullptr},
    {"v=spf1 redirect=_spf.example.net", nullptr},
    {"v=spf1 REDIRECT=%{d2} EXP=e.%{o}", "v=spf1 redirect=%{d2} exp=e.%{o}"},
    {"v=spf1 exp=e.example.org mx redirect=r.example.org -all",
     "v=spf1 mx -all redirect=r.example.org exp=e.example.org"},
    {"v=spf1 moo.cow-far_out=man:dog/cat moo= m=%{r} -all",
     "v=spf1 -all moo.cow-far_out=man:dog/cat moo= m=%{r}"},
    {"v=spf1 ip4=1.2.3.4 all", "v=spf1 all ip4=1.2.3.4"},
};

struct Bad {
    const char* text;
    std::size_t position;
};

const Bad bad[] = {
    {"", 0},
    {"v=spf10", 0},
    {"v=spf1\t-all", 0},
    {"v=spf1 moo", 7},
    {"v=spf1 -all moo", 12},
    {"v=spf1 -all.", 8},
    {"v=spf1 -all:", 11},
    {"v=spf1 -all/8", 11},
    {"v=spf1 --all", 8},
    {"v=spf1 -", 8},
    {"v=spf1 =all", 7},
    {"v=spf1 1up=foo", 7},
    {"v=spf1 -a=b", 8},
    {"v=spf1 a\r-all", 7},
    {"v=spf1 a\n", 7},
    {"v=spf1 a:", 9},
    {"v=spf1 a:museum", 9},
    {"v=spf1 a:192.0.2.1", 17},
    {"v=spf1 a:example.org:8080", 17},
    {"v=spf1 a:caf\xc3\xa9.example.org", 12},
    {"v=spf1 a:%{c}.example.org", 9},
    {"v=spf1 a:/24", 9},
    {"v=spf1 a/", 9},
    {"v=spf1 a/33", 9},
    {"v=spf1 a/032", 9},
    {"v=spf1 a/24/64", 12},
    {"v=spf1 a//129", 10},
    {"v=spf1 a//064", 10},
    {"v=spf1 a///64", 9},
    {"v=spf1 a/4294967297", 9},
    {"v=spf1 mx/24//64x", 9},
    {"v=spf1 ptr/0", 10},
    {"v=spf1 ptr:", 11},
    {"v=spf1 include", 14},
    {"v=spf1 include:", 15},
    {"v=spf1 include:example.org/24", 23},
    {"v=spf1 exists", 13},
    {"v=spf1 exists:example.org/24", 22},
    {"v=spf1 ip4", 10},
    {"v=spf1 ip4:", 11},
    {"v=spf1 ip4:192.0.2", 11},
    {"v=spf1 ip4:192.0.2.1:25", 11},
    {"v=spf1 ip4:192.0.02.1", 11},
    {"v=spf1 ip4:192.0.2.256", 11},
    {"v=spf1 ip4:::ffff:192.0.2.1", 11},
    {"v=spf1 ip4:2001:db8::1", 11},
    {"v=spf1 ip4:192.0.2.1/33", 21},
    {"v=spf1 ip4:192.0.2.1//32", 21},
    {"v=spf1 ip4:192.0.2.1/", 21},
    {"v=spf1 ip6", 10},
    {"v=spf1 ip6:192.0.2.1", 11},
    {"v=spf1 ip6:2001:db8::g", 11},
    {"v=spf1 ip6:IPv6:2001:db8::1", 11},
    {"v=spf1 ip6:2001:db8::/129", 22},
    {"v=spf1 ip6:2001:db8::%eth0", 11},
    {"v=spf1 redirect=", 16},
    {"v=spf1 redirect=-all", 16},
    {"v=spf1 redirect:example.org", 7},
    {"v=spf1 redirect=a.org redirect=a.org", 22},
    {"v=spf1 exp=", 11},
    {"v=spf1 exp=a.org -all EXP=b.org", 22},
    {"v=spf1 exp=%{r}.org", 11},
    {"v=spf1 moo=%abc", 11},
    {"v=spf1 moo=a\x7f", 12},
};

} // namespace

TEST_CASE("SPF records print in one form that parses to the same value") {
    for (const Good& c : good) {
        INFO(c.text);
        const auto record = spf::parse(c.text);
        REQUIRE(record);
        CHECK(spf::print(*record) == (c.printed == nullptr ? c.text : c.printed));
        const auto again = spf::parse(spf::print(*record));
        REQUIRE(again);
        CHECK(*again == *record);
    }
}

TEST_CASE("a syntax error anywhere refuses the record, at its position") {
    for (const Bad& c : bad) {
        INFO(c.text);
        const auto record = spf::parse(c.text);
        REQUIRE_FALSE(record);
        CHECK(record.error().position == c.position);
        CHECK_FALSE(record.error().message.empty());
    }
}

TEST_CASE("a NUL in a record is an error like any other character that is not visible") {
    using namespace std::string_literals;
    for (const std::string& text : {"v=spf1 a:example.org\0"s, "v=spf1 \0all"s, "v=spf1 ip6:::1\0"s,
                                    "v=spf1 ip4:1.2.3.4\0"s, "v=spf1 all\0"s, "v=spf1\0"s}) {
        CHECK_FALSE(spf::parse(text));
    }
}

TEST_CASE("a record is known by its version section") {
    CHECK(spf::is_record("v=spf1"));
    CHECK(spf::is_record("v=SpF1 nonsense"));
    CHECK_FALSE(spf::is_record("v=spf1."));
    CHECK_FALSE(spf::is_record("v=spf10 all"));
    CHECK_FALSE(spf::is_record(" v=spf1 all"));
    CHECK_FALSE(spf::is_record("v=spf"));
    CHECK_FALSE(spf::is_record("v=spf2.0/pra all"));
}

TEST_CASE("an ip6 network contains IPv6 clients only") {
    struct Case {
        const char* network;
        const char* client;
        bool contained;
    };
    const Case cases[] = {
        {"2001:db8::1", "2001:db8::1", true},
        {"2001:db8::1", "2001:db8::2", false},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::/0", "2001:db8::1", true},
        {"::/0", "192.0.2.1", false},
        {"::ffff:192.0.2.1", "192.0.2.1", false},
        {"::ffff:0:0/90", "::fffe:1:2", true},
    };
    for (const Case& c : cases) {
        INFO(c.network << " " << c.client);
        const auto record = spf::parse(std::string("v=spf1 ip6:") + c.network);
        REQUIRE(record);
        const auto& ip6 = std::get<spf::Ip6>(record->directives.front().mechanism);
        CHECK(ip6.network.contains(base::IpAddress::parse(c.client).value()) == c.contained);
    }
}

TEST_CASE(
    "whatever is made of a record's text, it parses to a value that prints and parses again, or not at all") {
    std::mt19937 random(7208);
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random()) % below; };
    const std::string alphabet = "ai4:/.%{}dr=- +~?@mx1_\xff";
    std::size_t parsed = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text = good[pick(std::size(good))].text;
        for (std::size_t edits = pick(3); edits > 0; --edits) {
            const std::size_t at = 6 + pick(text.size() - 5);
            if (pick(2) == 0) {
                text.insert(at, 1, alphabet[pick(alphabet.size())]);
            } else if (at < text.size()) {
                text.erase(at, 1);
            }
        }
        INFO(text);
        if (const auto record = spf::parse(text)) {
            ++parsed;
            const auto again = spf::parse(spf::print(*record));
            REQUIRE(again);
            REQUIRE(*again == *record);
        }
    }
    CHECK(parsed > 5'000);
}
