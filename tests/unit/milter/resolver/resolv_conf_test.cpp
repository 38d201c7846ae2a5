#include "milter/resolver/resolv_conf.h"
#include "support/catch.h"

#include <string>
#include <vector>

using milter::resolver::Server;

TEST_CASE("resolv.conf names the servers") {
    struct Case {
        const char* name;
        const char* text;
        std::vector<Server> expected;
    };
    const std::vector<Case> cases{
        {"nothing: the local host", "", {{"127.0.0.1"}}},
        {"no server: the local host", "search example.org\noptions edns0\n", {{"127.0.0.1"}}},
        {"two, in order", "nameserver 192.0.2.2\nnameserver 192.0.2.1\n", {{"192.0.2.2"}, {"192.0.2.1"}}},
        {"IPv6", "nameserver 2001:db8::53\n", {{"2001:db8::53"}}},
        {"no line end, tabs, carriage return",
         "nameserver\t192.0.2.1 \r\nnameserver 192.0.2.2",
         {{"192.0.2.1"}, {"192.0.2.2"}}},
        {"comments",
         "# nameserver 192.0.2.9\n;nameserver 192.0.2.9\nnameserver 192.0.2.1 # first\n",
         {{"192.0.2.1"}}},
        {"what is no address is passed over",
         "nameserver ns.example.org\nnameserver fe80::1%eth0\nnameserver\nnameservers 192.0.2.9\nnameserver "
         "192.0.2.1\n",
         {{"192.0.2.1"}}},
        {"at most eight",
         "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n"
         "nameserver 192.0.2.5\nnameserver 192.0.2.6\nnameserver 192.0.2.7\nnameserver 192.0.2.8\n"
         "nameserver 192.0.2.9\n",
         {{"192.0.2.1"},
          {"192.0.2.2"},
          {"192.0.2.3"},
          {"192.0.2.4"},
          {"192.0.2.5"},
          {"192.0.2.6"},
          {"192.0.2.7"},
          {"192.0.2.8"}}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(milter::resolver::parse_resolv_conf(c.text) == c.expected);
    }
}
