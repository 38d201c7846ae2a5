#include "milter/resolver/resolv_conf.h"
#include "support/catch.h"
#include "unit/milter/resolver/server_at.h"

#include <string>
#include <vector>

using milter::resolver::Server;
using test::server_at;

TEST_CASE("resolv.conf names the servers") {
    struct Case {
        const char* name;
        const char* text;
        std::vector<Server> expected;
    };
    const std::vector<Case> cases{
        {"nothing: the local host", "", {server_at("127.0.0.1")}},
        {"no server: the local host", "search example.org\noptions edns0\n", {server_at("127.0.0.1")}},
        {"two, in order",
         "nameserver 192.0.2.2\nnameserver 192.0.2.1\n",
         {server_at("192.0.2.2"), server_at("192.0.2.1")}},
        {"IPv6", "nameserver 2001:db8::53\n", {server_at("2001:db8::53")}},
        {"no line end, tabs, carriage return",
         "nameserver\t192.0.2.1 \r\nnameserver 192.0.2.2",
         {server_at("192.0.2.1"), server_at("192.0.2.2")}},
        {"comments",
         "# nameserver 192.0.2.9\n;nameserver 192.0.2.9\nnameserver 192.0.2.1 # first\n",
         {server_at("192.0.2.1")}},
        {"what is no address is passed over",
         "nameserver ns.example.org\nnameserver fe80::1%eth0\nnameserver\nnameservers 192.0.2.9\nnameserver "
         "192.0.2.1\n",
         {server_at("192.0.2.1")}},
        {"at most eight",
         "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n"
         "nameserver 192.0.2.5\nnameserver 192.0.2.6\nnameserver 192.0.2.7\nnameserver 192.0.2.8\n"
         "nameserver 192.0.2.9\n",
         {server_at("192.0.2.1"), server_at("192.0.2.2"), server_at("192.0.2.3"), server_at("192.0.2.4"),
          server_at("192.0.2.5"), server_at("192.0.2.6"), server_at("192.0.2.7"), server_at("192.0.2.8")}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(milter::resolver::parse_resolv_conf(c.text) == c.expected);
    }
}
