#include "dns/server.h"

#include "support/catch.h"

#include <optional>
#include <vector>

using dns::Server;

namespace {

Server at(const char* address, std::uint16_t port = 53) {
    return {base::IpAddress::parse(address).value(), port};
}

} // namespace

TEST_CASE("a server is an address and perhaps a port") {
    struct Case {
        const char* text;
        std::optional<Server> expected;
    };
    const std::vector<Case> cases{
        {"192.0.2.53", at("192.0.2.53")},
        {"192.0.2.53:5353", at("192.0.2.53", 5353)},
        {"192.0.2.53:65535", at("192.0.2.53", 65535)},
        {"2001:db8::53", at("2001:db8::53")},
        {"2001:DB8:0::53", at("2001:db8::53")},
        {"[2001:db8::53]", at("2001:db8::53")},
        {"[2001:db8::53]:5353", at("2001:db8::53", 5353)},
        {"", std::nullopt},
        {"[192.0.2.53]:5353", std::nullopt}, // brackets are for IPv6
        {"[192.0.2.53]", std::nullopt},
        {":53", std::nullopt},
        {"[]:53", std::nullopt},
        {"[", std::nullopt},
        {"]", std::nullopt},
        {"[2001:db8::53", std::nullopt},
        {"[2001:db8::53]5353", std::nullopt},
        {"[2001:db8::53]:", std::nullopt},
        {"192.0.2.53:", std::nullopt},
        {"192.0.2.53:0", std::nullopt},
        {"192.0.2.53:65536", std::nullopt},
        {"192.0.2.53:-1", std::nullopt},
        {"192.0.2.53:53x", std::nullopt},
        {"192.0.2.53: 53", std::nullopt},
        {"ns.example.org", std::nullopt},
        {"localhost:53", std::nullopt},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto server = dns::parse_server(c.text);
        CHECK(server == c.expected);
        if (server) {
            CHECK(dns::parse_server(print(*server)) == server);
            CHECK(dns::parse_server(print_with_port(*server)) == server);
        }
    }
}

TEST_CASE("servers are printed as settings have them, and with their port where it matters") {
    CHECK(print(at("192.0.2.53")) == "192.0.2.53");
    CHECK(print(at("2001:db8::53")) == "2001:db8::53");
    CHECK(print(at("2001:db8::53", 5353)) == "[2001:db8::53]:5353");
    CHECK(print_with_port(at("192.0.2.53")) == "192.0.2.53:53");
    CHECK(print_with_port(at("2001:db8::53")) == "[2001:db8::53]:53");
}
