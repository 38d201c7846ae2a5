#include "milter/link/socket_address.h"

#include "support/catch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

TEST_CASE("the client as libmilter hands it over") {
    const auto client = [](const auto& address) {
        return milter::link::client_at(reinterpret_cast<const sockaddr*>(&address), "mx.example.org");
    };
    const auto nobody = milter::link::client_at(nullptr, "localhost");
    CHECK_FALSE(nobody.address);
    CHECK_FALSE(nobody.port);
    CHECK(nobody.name == "localhost");

    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(54321);
    inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr);
    CHECK(client(v4).address->print() == "192.0.2.1");
    CHECK(client(v4).port == 54321);
    CHECK(client(v4).name == "mx.example.org");

    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    inet_pton(AF_INET6, "2001:db8::25", &v6.sin6_addr);
    CHECK(client(v6).address->print() == "2001:db8::25");
    CHECK(client(v6).port == 0);

    inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr);
    CHECK(client(v6).address->print() == "192.0.2.1");

    sockaddr local{};
    local.sa_family = AF_UNIX;
    CHECK_FALSE(client(local).address);
    CHECK_FALSE(client(local).port);
}

TEST_CASE("what is written to connections is sent at once") {
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    const int other = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(listen(listening, 1) == 0);
    milter::link::send_without_delay();
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
