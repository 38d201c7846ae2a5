#include "support/dns/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace support {

namespace {

int checked(int result, const char* what) {
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

// IPv4 or IPv6, as the socket API wants it.
struct Address {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    // The socket API's own idiom.
    [[nodiscard]] sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }
    [[nodiscard]] std::uint16_t port() const {
        sockaddr_in v4{}; // the port is in the same place for both families
        std::memcpy(&v4, &storage, sizeof v4);
        return ntohs(v4.sin_port);
    }
};

template <class SocketAddress>
Address wrap(const SocketAddress& from) {
    Address address;
    std::memcpy(&address.storage, &from, sizeof from);
    address.size = sizeof from;
    return address;
}

Address make_address(const std::string& text, std::uint16_t port) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    if (text.starts_with("127.") && inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        return wrap(v4);
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    if (text != "::1") {
        throw std::invalid_argument("not a loopback address: " + text);
    }
    return wrap(v6);
}

Socket bound(int type, const Address& address) {
    Socket socket(
        checked(::socket(address.storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
    const int on = 1;
    if (type == SOCK_STREAM) {
        setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    // Bursts of questions must not get lost; without the privilege the kernel grants less.
    const int buffer = 8 * 1024 * 1024;
    if (setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0) {
        setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    }
    checked(bind(socket.fd(), address.generic(), address.size), "bind");
    return socket;
}

constexpr int any_port_attempts = 16;

std::uint16_t port_of(const Socket& socket) {
    Address address;
    checked(getsockname(socket.fd(), address.generic(), &address.size), "getsockname");
    return address.port();
}

// The middle of what follows the question, so that the reply still matches its query.
std::size_t half_of(const Bytes& message) {
    constexpr std::size_t header = 12; // RFC 1035 4.1.1
    std::size_t question_end = header;
    while (question_end < message.size() && message[question_end] != 0) {
        question_end += 1U + message[question_end];
    }
    question_end = std::min(question_end + 5, message.size()); // the root label, type and class
    return question_end + (message.size() - question_end) / 2;
}

void send_framed(int fd, const Outgoing& outgoing) {
    const Bytes& message = outgoing.message;
    Bytes framed{static_cast<std::uint8_t>(message.size() >> 8U),
                 static_cast<std::uint8_t>(message.size() & 0xffU)};
    const auto sent_bytes = static_cast<std::ptrdiff_t>(outgoing.half ? half_of(message) : message.size());
    framed.insert(framed.end(), message.begin(), message.begin() + sent_bytes);
    // Messages of a test fit into the socket's buffer; who hangs up early does not get one.
    [[maybe_unused]] const ssize_t sent = ::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
}

} // namespace

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Socket::~Socket() {
    if (fd_ >= 0) {
        close(fd_);
    }
}

DnsServer::DnsServer(const std::string& address, std::uint16_t port, OnQuery on_query)
    : on_query_(std::move(on_query)) {
    bind_both(address, port);
    other_udp_ = bound(SOCK_DGRAM, make_address(address, 0));
    constexpr int backlog = 128;
    checked(listen(tcp_.fd(), backlog), "listen");
    stop_ = Socket(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"));
    thread_ = std::thread(&DnsServer::serve, this);
}

DnsServer::~DnsServer() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(stop_.fd(), &one, sizeof one);
    thread_.join();
}

void DnsServer::bind_both(const std::string& address, std::uint16_t port) {
    for (int attempt = 1;; ++attempt) {
        udp_ = bound(SOCK_DGRAM, make_address(address, port));
        port_ = port_of(udp_);
        try {
            tcp_ = bound(SOCK_STREAM, make_address(address, port_));
            return;
        } catch (const std::system_error&) {
            // The free UDP port we were given is somebody's TCP port.
            if (port != 0 || attempt == any_port_attempts) {
                throw;
            }
        }
    }
}

void DnsServer::set_zone(DnsZone zone) {
    shared_.with([&](Shared& shared) { shared.zone = std::move(zone); });
}

void DnsServer::add(std::string_view line) {
    shared_.with([&](Shared& shared) { shared.zone.add(line); });
}

void DnsServer::behave(const Behaviour& behaviour) {
    shared_.with([&](Shared& shared) { shared.behaviour = behaviour; });
}

std::vector<SeenQuery> DnsServer::seen() const {
    return shared_.with([](const Shared& shared) { return shared.seen; });
}

std::size_t DnsServer::query_count() const {
    return shared_.with([](const Shared& shared) { return shared.count; });
}

void DnsServer::serve() {
    for (;;) {
        std::vector<pollfd> sockets{{stop_.fd(), POLLIN, 0}, {udp_.fd(), POLLIN, 0}, {tcp_.fd(), POLLIN, 0}};
        for (const auto& [fd, connection] : connections_) {
            sockets.push_back({fd, POLLIN, 0});
        }
        poll(sockets.data(), sockets.size(), wait_time());
        if (sockets[0].revents != 0) {
            return;
        }
        read_udp();
        for (const pollfd& ready : std::span(sockets).subspan(3)) {
            if (ready.revents != 0 && !read_tcp(connections_.at(ready.fd))) {
                connections_.erase(ready.fd);
            }
        }
        accept_tcp();
        send_due();
    }
}

int DnsServer::wait_time() const {
    if (due_.empty()) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.begin()->first - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void DnsServer::read_udp() {
    std::array<std::uint8_t, 65536> buffer;
    for (;;) {
        Address peer;
        const ssize_t got = recvfrom(udp_.fd(), buffer.data(), buffer.size(), 0, peer.generic(), &peer.size);
        if (got < 0) {
            return;
        }
        const auto reply = reply_to(Bytes(buffer.begin(), buffer.begin() + got), peer.port(), false);
        if (!reply) {
            continue;
        }
        for (const Outgoing& outgoing : reply->send) {
            const int from = outgoing.from_other_port ? other_udp_.fd() : udp_.fd();
            const std::size_t size = outgoing.half ? half_of(outgoing.message) : outgoing.message.size();
            send_later(reply->delay, [from, peer, size, message = outgoing.message] {
                sendto(from, message.data(), size, 0, peer.generic(), peer.size);
            });
        }
    }
}

void DnsServer::accept_tcp() {
    for (;;) {
        const int fd = accept4(tcp_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            return;
        }
        connections_[fd].socket = Socket(fd);
    }
}

bool DnsServer::read_tcp(Connection& connection) {
    std::array<std::uint8_t, 4096> buffer;
    const ssize_t got = recv(connection.socket.fd(), buffer.data(), buffer.size(), 0);
    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    Bytes& received = connection.received;
    received.insert(received.end(), buffer.begin(), buffer.begin() + got);
    constexpr std::size_t prefix = 2;
    while (received.size() >= prefix) {
        const std::size_t size = static_cast<std::size_t>(received[0]) << 8U | received[1];
        if (received.size() < prefix + size) {
            return true;
        }
        const auto begin = received.begin() + prefix;
        const auto end = begin + static_cast<std::ptrdiff_t>(size);
        const Bytes query(begin, end);
        received.erase(received.begin(), end);
        if (!answer_tcp(connection, query)) {
            return false;
        }
    }
    return true;
}

bool DnsServer::answer_tcp(Connection& connection, const Bytes& query) {
    const auto reply = reply_to(query, 0, true);
    if (!reply) {
        return false;
    }
    const int fd = connection.socket.fd();
    for (const Outgoing& outgoing : reply->send) {
        send_later(reply->delay, [this, fd, outgoing] {
            if (connections_.contains(fd)) {
                send_framed(fd, outgoing);
            }
        });
    }
    return !reply->close;
}

std::optional<Reply> DnsServer::reply_to(const Bytes& query, std::uint16_t from_port, bool tcp) {
    constexpr std::size_t remembered = 10000;
    auto reply = shared_.with([&](Shared& shared) {
        auto made = make_reply(shared.zone, shared.behaviour, query, tcp);
        if (made) {
            made->seen.port = from_port;
            ++shared.count;
            if (shared.seen.size() < remembered) {
                shared.seen.push_back(made->seen);
            }
        }
        return made;
    });
    if (reply && on_query_) {
        on_query_(reply->seen);
    }
    return reply;
}

void DnsServer::send_later(std::chrono::milliseconds delay, std::function<void()> send) {
    if (delay.count() == 0) {
        send();
    } else {
        due_.emplace(Clock::now() + delay, std::move(send));
    }
}

void DnsServer::send_due() {
    while (!due_.empty() && due_.begin()->first <= Clock::now()) {
        due_.begin()->second();
        due_.erase(due_.begin());
    }
}

} // namespace support
