// What a server sends beside the reply costs a bounded amount of work. Both ends of each socket are in this
// thread: what was sent is there to be read at once.
#include "milter/resolver/tcp_connection.h"
#include "milter/resolver/transport.h"
#include "milter/resolver/udp_port.h"
#include "raw_message.h"
#include "support/catch.h"
#include "unit/milter/resolver/server_at.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

using milter::resolver::EventLoop;
using milter::resolver::FileDescriptor;
using milter::resolver::Packet;
using milter::resolver::Reply;
using milter::resolver::TcpConnection;
using milter::resolver::Transport;
using milter::resolver::UdpPort;
using std::chrono::milliseconds;

namespace {

using Clock = std::chrono::steady_clock;

// The server's end, on a port of loopback that the kernel chose.
class Peer {
  public:
    explicit Peer(int type) : fd_(socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        sockaddr_in own{};
        own.sin_family = AF_INET;
        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* address = reinterpret_cast<sockaddr*>(&own);
        socklen_t size = sizeof own;
        REQUIRE(bind(fd_.get(), address, size) == 0);
        REQUIRE(getsockname(fd_.get(), address, &size) == 0);
        server_ = {test::server_at("127.0.0.1").address, ntohs(own.sin_port)};
    }

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] const milter::resolver::Server& server() const { return server_; }

  private:
    FileDescriptor fd_;
    milter::resolver::Server server_;
};

Packet query() {
    return *milter::resolver::make_query({"a.test", dns::Type::a}, test::id, false);
}

Packet reply() {
    return test::RawMessage(test::response).question().bytes();
}

Packet framed(const Packet& message) {
    Packet frame{static_cast<std::uint8_t>(message.size() >> 8U), static_cast<std::uint8_t>(message.size())};
    frame.insert(frame.end(), message.begin(), message.end());
    return frame;
}

// What became of the query when the server said so many empty messages first.
std::optional<Reply::Kind> ask_over_tcp(int empty_messages) {
    const Peer listener(SOCK_STREAM);
    REQUIRE(listen(listener.fd(), 1) == 0);
    EventLoop loop;
    std::optional<Reply::Kind> became;
    TcpConnection connection(loop, listener.server(), query(), Clock::now() + std::chrono::hours(1),
                             [&](const Reply& got) { became = got.kind; });
    connection.start();
    const FileDescriptor server(accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    Packet said(2 * static_cast<std::size_t>(empty_messages), 0);
    const Packet last = framed(reply());
    said.insert(said.end(), last.begin(), last.end());
    REQUIRE(send(server.get(), said.data(), said.size(), 0) == static_cast<ssize_t>(said.size()));
    connection.ready(0, true, false);
    return became;
}

void send_to(const UdpPort& port, const Peer& peer, const sockaddr_in& to, const Packet& datagram) {
    REQUIRE_FALSE(port.idle());
    REQUIRE(sendto(peer.fd(), datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                   sizeof to) == static_cast<ssize_t>(datagram.size()));
}

} // namespace

TEST_CASE("a TCP connection outlives a few messages that answer nothing, and no more") {
    CHECK(ask_over_tcp(0) == Reply::Kind::response);
    CHECK(ask_over_tcp(TcpConnection::most_strange_messages - 1) == Reply::Kind::response);
    CHECK(ask_over_tcp(TcpConnection::most_strange_messages) == Reply::Kind::tcp_closed);
    CHECK(ask_over_tcp(5000) == Reply::Kind::tcp_closed);
}

TEST_CASE("a TCP connection tells that nobody listens") {
    const Peer peer(SOCK_STREAM); // bound, and not listening
    EventLoop loop;
    std::optional<Reply> became;
    TcpConnection connection(loop, peer.server(), query(), Clock::now() + std::chrono::hours(1),
                             [&](const Reply& got) { became = got; });
    connection.start();
    if (!became) {
        connection.ready(0, true, true);
    }
    REQUIRE(became);
    CHECK(became->kind == Reply::Kind::tcp_closed);
    CHECK(became->error == ECONNREFUSED);
}

TEST_CASE("a UDP port reads so many datagrams at once, and the others when it is asked again") {
    const Peer peer(SOCK_DGRAM);
    EventLoop loop;
    UdpPort::Buffer buffer;
    UdpPort port(loop, peer.server(), buffer, Clock::now());
    std::vector<Reply::Kind> became;
    port.send(query(), Clock::now() + std::chrono::hours(1),
              [&](const Reply& got, const Packet&) { became.push_back(got.kind); });
    std::array<char, 512> asked{};
    sockaddr_in to{};
    socklen_t size = sizeof to;
    REQUIRE(recvfrom(peer.fd(), asked.data(), asked.size(), 0, reinterpret_cast<sockaddr*>(&to), &size) > 0);
    for (std::size_t i = 0; i < UdpPort::most_at_once; ++i) {
        send_to(port, peer, to, {0});
    }
    send_to(port, peer, to, reply());
    port.ready(0, true, false);
    CHECK(became.empty());
    port.ready(0, true, false);
    CHECK(became == std::vector{Reply::Kind::response});
}

TEST_CASE("the more queries wait for TCP, the more seldom all of them are looked at") {
    CHECK(Transport::rest_after(0) == milliseconds(0));
    CHECK(Transport::rest_after(99) == milliseconds(0));
    CHECK(Transport::rest_after(100) == milliseconds(1));
    CHECK(Transport::rest_after(1500) == milliseconds(15));
    CHECK(Transport::rest_after(1000000) == Transport::tick);
}
