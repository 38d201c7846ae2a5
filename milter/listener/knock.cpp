#include "milter/listener/knock.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace milter::listener {

namespace {

constexpr int patience = 200; // milliseconds; a listener on this host is reached at once

bool is_connected(int fd) {
    pollfd watched{fd, POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof error;
    return poll(&watched, 1, patience) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
           error == 0;
}

bool knock(int family, const sockaddr* address, socklen_t size) {
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    const int connected = connect(fd, address, size);
    // EAGAIN: a unix socket whose queue is full, so somebody owns it.
    const bool reached = connected == 0 || errno == EAGAIN || (errno == EINPROGRESS && is_connected(fd));
    close(fd);
    return reached;
}

bool knock_unix(std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return false;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return knock(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

bool knock_inet(const std::string& port, const std::string& host, int family) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found) != 0) {
        return false;
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
    return knock(found->ai_family, found->ai_addr, found->ai_addrlen);
}

} // namespace

bool accepts_connections(const base::SocketName& socket) {
    if (socket.is_unix()) {
        return knock_unix(socket.path);
    }
    const bool v6 = socket.family == base::SocketName::Family::inet6;
    return knock_inet(std::to_string(socket.port), socket.host, v6 ? AF_INET6 : AF_INET);
}

} // namespace milter::listener
