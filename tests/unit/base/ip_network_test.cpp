#include "base/ip_network.h"
#include "base/private_address.h"

#include "support/catch.h"

#include <string_view>

using base::IpAddress;
using base::IpNetwork;

TEST_CASE("networks are read and printed", "[base]") {
    struct Case {
        const char* text;
        const char* printed;
    };
    const auto c = GENERATE(values<Case>({
        {"192.0.2.0/24", "192.0.2.0/24"},
        {"192.0.2.77/24", "192.0.2.0/24"},
        {"192.0.2.255/25", "192.0.2.128/25"},
        {"192.0.2.1", "192.0.2.1/32"},
        {"192.0.2.1/0", "0.0.0.0/0"},
        {"2001:db8::1", "2001:db8::1/128"},
        {"2001:db8:ffff::/33", "2001:db8:8000::/33"},
        {"2001:db8::/0", "::/0"},
    }));
    const auto network = IpNetwork::parse(c.text);
    REQUIRE(network.has_value());
    CHECK(network->print() == c.printed);
    CHECK(IpNetwork::parse(network->print()) == network);
}

TEST_CASE("what is no network is refused where it goes wrong", "[base]") {
    struct Case {
        const char* text;
        std::size_t position;
    };
    const auto c = GENERATE(values<Case>({
        {"", 0},
        {"example.org/24", 0},
        {"/24", 0},
        {"192.0.2.0/", 10},
        {"192.0.2.0/33", 10},
        {"192.0.2.0/-1", 10},
        {"192.0.2.0/+1", 10},
        {"192.0.2.0/24x", 10},
        {"192.0.2.0/24/24", 10},
        {"192.0.2.0/99999999999999999999", 10},
        {"2001:db8::/129", 11},
    }));
    CAPTURE(c.text);
    const auto network = IpNetwork::parse(c.text);
    REQUIRE_FALSE(network.has_value());
    CHECK(network.error().position == c.position);
}

TEST_CASE("a network holds its addresses and no others", "[base]") {
    const auto holds = [](const char* network, const char* address) {
        return IpNetwork::parse(network)->contains(*IpAddress::parse(address));
    };
    CHECK(holds("192.0.2.128/25", "192.0.2.128"));
    CHECK(holds("192.0.2.128/25", "192.0.2.255"));
    CHECK_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
    CHECK(holds("0.0.0.0/0", "255.255.255.255"));
    CHECK(holds("192.0.2.0/24", "::ffff:192.0.2.9"));
    CHECK_FALSE(holds("0.0.0.0/0", "::1"));
    CHECK_FALSE(holds("::/0", "192.0.2.1"));
    CHECK(holds("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST_CASE("a block of IPv4 in the form of IPv6 is the block of IPv4", "[base]") {
    static constexpr auto wrong_length =
        "expected a prefix length from 96 to 128 after the slash, because the block is an IPv4 one "
        "in the form of IPv6";
    struct Case {
        const char* text;
        const char* printed; // or the error
    };
    const auto c = GENERATE(values<Case>({
        {"::ffff:127.0.0.0/104", "127.0.0.0/8"},
        {"::FFFF:192.0.2.0/120", "192.0.2.0/24"},
        {"::ffff:c000:200/120", "192.0.2.0/24"},
        {"::ffff:192.0.2.1/128", "192.0.2.1/32"},
        {"::ffff:192.0.2.1", "192.0.2.1/32"},
        {"::ffff:0.0.0.0/96", "0.0.0.0/0"},
        {"::ffff:127.0.0.0/8", wrong_length},
        {"::ffff:127.0.0.0/95", wrong_length},
        {"::ffff:127.0.0.0/129", wrong_length},
    }));
    CAPTURE(c.text);
    const auto network = IpNetwork::parse(c.text);
    CHECK((network ? network->print() : network.error().message) == c.printed);
}

TEST_CASE("bits behind the prefix are noticed", "[base]") {
    for (const char* text :
         {"10.0.0.1/24", "192.0.2.255/25", "2001:db8::1/32", "::ffff:127.0.0.1/104", "10.0.0.1/0"}) {
        CAPTURE(text);
        CHECK(IpNetwork::has_host_bits(text));
    }
    for (const char* text :
         {"10.0.0.0/24", "10.0.0.1", "10.0.0.1/32", "2001:db8::/32", "::ffff:127.0.0.0/104", "junk"}) {
        CAPTURE(text);
        CHECK_FALSE(IpNetwork::has_host_bits(text));
    }
}

TEST_CASE("addresses that no host has towards the world", "[base]") {
    for (const char* const text :
         {"10.1.2.3", "172.31.255.255", "192.168.0.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "0.0.0.0",
          "255.255.255.255", "::", "::1", "fd00::1", "fe80::1", "ff02::1"}) {
        CAPTURE(text);
        CHECK(base::is_private(*IpAddress::parse(text)));
    }
    for (const char* const text : {"11.0.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "192.0.2.1",
                                   "223.255.255.255", "::2", "2001:db8::1"}) {
        CAPTURE(text);
        CHECK_FALSE(base::is_private(*IpAddress::parse(text)));
    }
}
