#include "base/ip_address.h"

#include "support/catch.h"

#include <string>
#include <string_view>

using base::IpAddress;
using namespace std::string_view_literals;

TEST_CASE("addresses are read and printed", "[base][rfc4291-2.2]") {
    struct Case {
        const char* text;
        const char* printed;
        bool v4;
    };
    const auto c = GENERATE(values<Case>({
        {"192.0.2.1", "192.0.2.1", true},
        {"0.0.0.0", "0.0.0.0", true},
        {"2001:DB8:0:0::1", "2001:db8::1", false},
        {"::", "::", false},
        {"IPv6:2001:db8::1", "2001:db8::1", false},
        {"::ffff:192.0.2.1", "192.0.2.1", true},
        {"::ffff:c000:0201", "192.0.2.1", true},
        {"::192.0.2.1", "::192.0.2.1", false},
    }));
    const auto address = IpAddress::parse(c.text);
    REQUIRE(address.has_value());
    CHECK(address->print() == c.printed);
    CHECK(address->is_v4() == c.v4);
    CHECK(address->bytes().size() == (c.v4 ? 4U : 16U));
    CHECK(IpAddress::parse(address->print()) == address);
}

TEST_CASE("what is no address is refused", "[base]") {
    for (const std::string_view text :
         {""sv, "192.0.2"sv, "192.0.2.1.1"sv, "192.0.2.256"sv, "192.0.2.01"sv, "0xc0.0.2.1"sv, " 192.0.2.1"sv,
          "192.0.2.1 "sv, "192.0.2.1\0"sv, "[192.0.2.1]"sv, "192.0.2.1/32"sv, "2001:db8::1%eth0"sv,
          "2001:db8:::1"sv, "1:2:3:4:5:6:7:8:9"sv, "fe80::g"sv, "example.org"sv}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text).has_value());
    }
    CHECK_FALSE(IpAddress::parse(std::string(100'000, '1')).has_value());
}

TEST_CASE("loopback is 127.0.0.0/8 and ::1", "[base]") {
    for (const char* const text : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"}) {
        CHECK(IpAddress::parse(text)->is_loopback());
    }
    for (const char* const text : {"126.0.0.1", "128.0.0.1", "::", "::2", "1::1"}) {
        CHECK_FALSE(IpAddress::parse(text)->is_loopback());
    }
}

TEST_CASE("reverse names are those the PTR records stand at", "[base][rfc1035-3.5][rfc3596-2.5]") {
    CHECK(IpAddress::parse("192.0.2.1")->reverse_name() == "1.2.0.192.in-addr.arpa");
    CHECK(IpAddress::parse("2001:db8::567:89ab")->reverse_name() ==
          "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}
