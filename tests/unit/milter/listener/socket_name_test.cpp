#include "milter/listener/socket_name.h"

#include "support/catch.h"

TEST_CASE("listen.socket in libmilter's spelling") {
    struct Case {
        const char* setting;
        const char* expected; // empty: refused
    };
    const Case cases[] = {
        {"inet:127.0.0.1:8891", "inet:8891@127.0.0.1"},
        {"inet:8891@localhost", "inet:8891@localhost"},
        {"inet:8891", "inet:8891"},
        {"inet6:[::1]:8891", "inet6:8891@::1"},
        {"inet:[2001:db8::1]:25", "inet6:25@2001:db8::1"},
        {"unix:/run/paraph/paraph.sock", "unix:/run/paraph/paraph.sock"},
        {"local:/run/paraph/paraph.sock", "unix:/run/paraph/paraph.sock"},
        {"unix:relative.sock", ""},
        {"/run/paraph.sock", ""},
        {"inet:127.0.0.1", ""},
        {"inet:127.0.0.1:70000", ""},
        {"inet:127.0.0.1:-1", ""},
        {"inet:", ""},
        {"", ""},
        {"tcp:1@x", ""},
    };
    for (const Case& c : cases) {
        INFO(c.setting);
        const auto socket = milter::listener::milter_socket(c.setting);
        CHECK(socket.value_or("") == c.expected);
    }
}
