#include "milter/resolver/resolver.h"
#include "support/catch.h"

#include <optional>
#include <vector>

using milter::resolver::Server;

TEST_CASE("a server is an address and perhaps a port") {
    struct Case {
        const char* text;
        std::optional<Server> expected;
    };
    const std::vector<Case> cases{
        {"192.0.2.53", Server{"192.0.2.53", 53}},
        {"192.0.2.53:5353", Server{"192.0.2.53", 5353}},
        {"192.0.2.53:65535", Server{"192.0.2.53", 65535}},
        {"2001:db8::53", Server{"2001:db8::53", 53}},
        {"2001:DB8:0::53", Server{"2001:db8::53", 53}},
        {"[2001:db8::53]", Server{"2001:db8::53", 53}},
        {"[2001:db8::53]:5353", Server{"2001:db8::53", 5353}},
        {"[192.0.2.53]:5353", Server{"192.0.2.53", 5353}},
        {"", std::nullopt},
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
        CHECK(milter::resolver::parse_server(c.text) == c.expected);
    }
}
