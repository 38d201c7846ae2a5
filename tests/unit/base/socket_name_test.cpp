#include "base/socket_name.h"

#include "support/catch.h"

#include <string>

using base::SocketName;
using Family = base::SocketName::Family;

TEST_CASE("sockets in every spelling") {
    struct Case {
        const char* text;
        SocketName expected;
        const char* libmilter;
        const char* usual; // as print() has it where nobody wrote it
    };
    const auto c = GENERATE(values<Case>({
        {"inet:127.0.0.1:8891",
         {Family::inet, "127.0.0.1", 8891, {}, {}},
         "inet:8891@127.0.0.1",
         "inet:127.0.0.1:8891"},
        {"inet:8891@localhost",
         {Family::inet, "localhost", 8891, {}, {}},
         "inet:8891@localhost",
         "inet:localhost:8891"},
        {"inet:8891", {Family::inet, "", 8891, {}, {}}, "inet:8891", "inet:8891"},
        {"inet:08891@", {Family::inet, "", 8891, {}, {}}, "inet:8891", "inet:8891"},
        {"inet6:8891", {Family::inet6, "", 8891, {}, {}}, "inet6:8891", "inet6:8891"},
        {"inet6:[::1]:8891", {Family::inet6, "::1", 8891, {}, {}}, "inet6:8891@::1", "inet6:[::1]:8891"},
        {"inet6:8891@0:0::1", {Family::inet6, "::1", 8891, {}, {}}, "inet6:8891@::1", "inet6:[::1]:8891"},
        {"inet6:8891@localhost",
         {Family::inet6, "localhost", 8891, {}, {}},
         "inet6:8891@localhost",
         "inet6:localhost:8891"},
        {"inet:[2001:db8::1]:25",
         {Family::inet6, "2001:db8::1", 25, {}, {}},
         "inet6:25@2001:db8::1",
         "inet6:[2001:db8::1]:25"},
        {"unix:/run/paraph.sock",
         {Family::unix, "", 0, "/run/paraph.sock", {}},
         "unix:/run/paraph.sock",
         "unix:/run/paraph.sock"},
        {"local:/run/a:b@c", {Family::unix, "", 0, "/run/a:b@c", {}}, "unix:/run/a:b@c", "unix:/run/a:b@c"},
        {"unix:relative", {Family::unix, "", 0, "relative", {}}, "unix:relative", "unix:relative"},
    }));
    INFO(c.text);
    auto socket = SocketName::parse(c.text);
    REQUIRE(socket);
    CHECK(*socket == c.expected);
    CHECK(socket->print() == c.text);
    CHECK(socket->print_for_libmilter() == c.libmilter);
    CHECK(SocketName::parse(c.libmilter) == *socket);
    CHECK(c.expected.print() == c.usual);
    CHECK(SocketName::parse(c.usual) == *socket);
}

TEST_CASE("texts that are no socket are refused") {
    const auto text = GENERATE(values<std::string>({"",
                                                    ":",
                                                    "inet",
                                                    "inet:",
                                                    "inet:host",
                                                    "inet:0x7f.1:8891",
                                                    "inet:0x7f000001:8891",
                                                    "inet:0:8891",
                                                    "inet:127.1:8891",
                                                    "inet:127.0.0.1",
                                                    "inet:host:0",
                                                    "inet:host:65536",
                                                    "inet:127.0.0.1:-1",
                                                    "inet:host:8891x",
                                                    "inet:@host",
                                                    "inet:@:",
                                                    "inet:a b:1",
                                                    "inet:{x}:8891",
                                                    "inet:[127.0.0.1]:1",
                                                    "inet:[localhost]:1",
                                                    "inet:[]:1",
                                                    "inet6:127.0.0.1:8891",
                                                    "inet6:[fe80::1%eth0]:1",
                                                    "inet:smtp@localhost",
                                                    "tcp:1@x",
                                                    "tcp:host:1",
                                                    "unix",
                                                    "unix:",
                                                    "local:",
                                                    "/run/paraph.sock",
                                                    "8891",
                                                    "INET:127.0.0.1:1"}));
    INFO(text);
    const auto socket = SocketName::parse(text);
    REQUIRE_FALSE(socket);
    CHECK_FALSE(socket.error().message.empty());
    CHECK(socket.error().position <= text.size());
}

TEST_CASE("sockets that the whole network reaches") {
    for (const char* text : {"inet:0.0.0.0:1", "inet6:[::]:1", "inet:1@0.0.0.0", "inet:1", "inet6:1@0::0"}) {
        INFO(text);
        CHECK(SocketName::parse(text)->is_everywhere());
    }
    for (const char* text : {"inet:127.0.0.1:1", "inet6:[::1]:1", "inet:localhost:1", "unix:/run/x"}) {
        INFO(text);
        CHECK_FALSE(SocketName::parse(text)->is_everywhere());
    }
}
