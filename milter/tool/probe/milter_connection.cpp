#include "milter/tool/probe/milter_connection.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace milter::tool {

namespace {

using Clock = std::chrono::steady_clock;

auto unavailable(std::string what, int error) {
    return milter_fails(MilterFailure::Kind::unavailable,
                        fmt::format("{}: {}", what, std::generic_category().message(error)));
}

// Waits until the socket is ready or the deadline passed; 0, or an errno.
int wait_for(int socket, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) {
            return ETIMEDOUT;
        }
        pollfd watched{socket, events, 0};
        const int ready = poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 1 << 30)));
        if (ready > 0) {
            return 0;
        }
        if (ready < 0 && errno != EINTR) {
            return errno;
        }
    }
}

int finish_connect(int socket, Clock::time_point deadline) {
    if (const int error = wait_for(socket, POLLOUT, deadline); error != 0) {
        return error;
    }
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// A connected, non-blocking socket, or -1 with the reason in `error`.
int connect_to(int family, const sockaddr* address, socklen_t size, Clock::time_point deadline, int& error) {
    const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) {
        error = errno;
        return -1;
    }
    error = connect(socket, address, size) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        error = finish_connect(socket, deadline);
    }
    if (error != 0) {
        close(socket);
        return -1;
    }
    return socket;
}

int connect_unix(const std::string& path, Clock::time_point deadline, int& error) {
    if (path.size() > base::SocketName::longest_path) {
        error = ENAMETOOLONG;
        return -1;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(std::data(address.sun_path), sizeof address.sun_path - 1);
    const void* untyped = &address;
    return connect_to(AF_UNIX, static_cast<const sockaddr*>(untyped), sizeof address, deadline, error);
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

int connect_inet(const base::SocketName& address, Clock::time_point deadline, int& error) {
    addrinfo hints{};
    hints.ai_family = address.family == base::SocketName::Family::inet6 ? AF_INET6 : AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const char* host = address.host.empty() ? nullptr : address.host.c_str(); // null: loopback
    if (getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &found) != 0) {
        error = EHOSTUNREACH;
        return -1;
    }
    const std::unique_ptr<addrinfo, FreeAddresses> list(found);
    int socket = -1;
    for (const addrinfo* one = list.get(); one != nullptr && socket < 0; one = one->ai_next) {
        socket = connect_to(one->ai_family, one->ai_addr, one->ai_addrlen, deadline, error);
    }
    return socket;
}

} // namespace

MilterResult<MilterConnection> MilterConnection::open(const base::SocketName& address,
                                                      std::chrono::milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    int error = 0;
    const bool local = address.is_unix();
    const int socket =
        local ? connect_unix(address.path, deadline, error) : connect_inet(address, deadline, error);
    if (socket < 0) {
        return unavailable(local ? address.path : fmt::format("{} port {}", address.host, address.port),
                           error);
    }
    return MilterConnection(socket, timeout);
}

MilterConnection MilterConnection::adopt(int socket, std::chrono::milliseconds timeout) {
    fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK); // NOLINT(*-vararg)
    return {socket, timeout};
}

MilterConnection::MilterConnection(MilterConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), timeout_(other.timeout_), reader_(std::move(other.reader_)) {
}

MilterConnection& MilterConnection::operator=(MilterConnection&& other) noexcept {
    std::swap(socket_, other.socket_);
    timeout_ = other.timeout_;
    reader_ = std::move(other.reader_);
    return *this;
}

MilterConnection::~MilterConnection() {
    if (socket_ >= 0) {
        close(socket_);
    }
}

MilterResult<void> MilterConnection::send(const Frame& frame) {
    const std::string bytes = encode(frame);
    const auto deadline = Clock::now() + timeout_;
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        const bool full = errno == EAGAIN || errno == EINTR;
        if (const int error = full ? wait_for(socket_, POLLOUT, deadline) : errno; error != 0) {
            return unavailable("writing to the milter", error);
        }
    }
    return {};
}

MilterResult<Frame> MilterConnection::receive() {
    const auto deadline = Clock::now() + timeout_;
    std::array<char, 16384> chunk{};
    for (;;) {
        if (auto frame = reader_.next()) {
            return std::move(*frame);
        }
        if (reader_.broken()) {
            return milter_fails(MilterFailure::Kind::protocol,
                                "the peer does not answer in the milter protocol");
        }
        if (const int error = wait_for(socket_, POLLIN, deadline); error != 0) {
            return unavailable("waiting for the milter's reply", error);
        }
        const ssize_t got = recv(socket_, chunk.data(), chunk.size(), 0);
        if (got == 0) {
            return milter_fails(MilterFailure::Kind::unavailable, "the milter closed the connection");
        }
        if (got > 0) {
            reader_.append(std::string_view(chunk.data(), static_cast<std::size_t>(got)));
        } else if (errno != EAGAIN && errno != EINTR) {
            return unavailable("reading from the milter", errno);
        }
    }
}

} // namespace milter::tool
