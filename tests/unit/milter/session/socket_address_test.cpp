#include "milter/socket_address.h"

#include "support/catch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

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
        const auto socket = milter::milter_socket(c.setting);
        CHECK(socket.value_or("") == c.expected);
    }
}

TEST_CASE("the client's address as libmilter hands it over") {
    CHECK_FALSE(milter::client_address(nullptr));

    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
    CHECK(milter::client_address(reinterpret_cast<const sockaddr*>(&v4))->print() == "192.0.2.1");

    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    inet_pton(AF_INET6, "2001:db8::25", &v6.sin6_addr);
    CHECK(milter::client_address(reinterpret_cast<const sockaddr*>(&v6))->print() == "2001:db8::25");

    inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr);
    CHECK(milter::client_address(reinterpret_cast<const sockaddr*>(&v6))->print() == "192.0.2.1");

    sockaddr local{};
    local.sa_family = AF_UNIX;
    CHECK_FALSE(milter::client_address(&local));
}

TEST_CASE("what is written to connections is sent at once") {
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    const int other = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(listen(listening, 1) == 0);
    milter::send_without_delay();
    const auto is_set = [](int fd) {
        int value = 0;
        socklen_t size = sizeof value;
        return getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0 && value != 0;
    };
    CHECK(is_set(listening));
    CHECK_FALSE(is_set(other));
    close(listening);
    close(other);
}
