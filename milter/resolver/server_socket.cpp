#include "milter/resolver/server_socket.h"

#include "base/ip_address.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace milter::resolver {

namespace {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

template <class Native>
SocketAddress wrap(const Native& native) {
    SocketAddress address;
    std::memcpy(&address.storage, &native, sizeof native);
    address.size = sizeof native;
    return address;
}

SocketAddress socket_address(const base::IpAddress& address, std::uint16_t port) {
    if (address.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes().data(), address.bytes().size());
        return wrap(v4);
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes().data(), address.bytes().size());
    return wrap(v6);
}

} // namespace

int connect_to(const Server& server, int type) {
    const SocketAddress address = socket_address(server.address, server.port);
    const int fd = socket(address.storage.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    // The socket API's own idiom.
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 &&
        errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

} // namespace milter::resolver
