// A small name server for tests, on a thread of its own: UDP and TCP on one loopback port.
//
//     DnsServer server;
//     server.add("example.org 60 A 192.0.2.1");
//     ...ask 127.0.0.1 at server.port()...
#pragma once

#include "milter/threads/lock_guarded.h"
#include "support/dns/reply.h"
#include "support/dns/zone.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace support {

class Socket {
  public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;
    ~Socket();

    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_ = -1;
};

class DnsServer {
  public:
    using OnQuery = std::function<void(const SeenQuery&)>; // called on the server's thread

    // 127.0.0.0/8 or ::1. Port 0: any free one. Throws std::system_error.
    explicit DnsServer(const std::string& address = "127.0.0.1", std::uint16_t port = 0,
                       OnQuery on_query = {});
    ~DnsServer();
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    // Any time, also while it serves.
    void set_zone(DnsZone zone);
    void add(std::string_view line);         // as DnsZone::add
    void behave(const Behaviour& behaviour); // for all names that have no behaviour of their own

    [[nodiscard]] std::vector<SeenQuery> seen() const; // the first 10,000
    [[nodiscard]] std::size_t query_count() const;

  private:
    using Clock = std::chrono::steady_clock;
    struct Shared {
        DnsZone zone;
        Behaviour behaviour;
        std::vector<SeenQuery> seen;
        std::size_t count = 0;
    };
    struct Connection {
        Socket socket;
        Bytes received;
    };

    void bind_both(const std::string& address, std::uint16_t port);
    void serve();
    [[nodiscard]] int wait_time() const;
    void read_udp();
    void accept_tcp();
    [[nodiscard]] bool read_tcp(Connection& connection); // false when it is over
    [[nodiscard]] bool answer_tcp(Connection& connection, const Bytes& query);
    [[nodiscard]] std::optional<Reply> reply_to(const Bytes& query, std::uint16_t from_port, bool tcp);
    void send_later(std::chrono::milliseconds delay, std::function<void()> send);
    void send_due();

    Socket udp_, other_udp_, tcp_, stop_;
    std::uint16_t port_ = 0;
    OnQuery on_query_;
    std::map<int, Connection> connections_;
    std::multimap<Clock::time_point, std::function<void()>> due_;
    milter::threads::LockGuarded<Shared> shared_;
    std::thread thread_;
};

} // namespace support
