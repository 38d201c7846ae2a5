// Queries to one server from one UDP port: sent, matched to their replies by id and question, timed out.
//
// RFC 5452 wants ports that cannot be foreseen. A port serves a limited number of queries for a limited time
// and the next one is the kernel's choice again. Together with the random id, and with the single flight
// above, which leaves no two open queries for one question to aim at (birthday attack), a blind forger has to
// hit one of some 2^16 ids and 2^14 ports or more.
#pragma once

#include "milter/resolver/event_loop.h"
#include "milter/resolver/reply.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/wire.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace milter::resolver {

class UdpPort final : public EventLoop::Watcher {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using Buffer = std::array<std::uint8_t, 65536>; // any datagram fits
    // Gets the query back. Must not throw or destroy the port.
    using Done = std::function<void(const Reply&, Packet query)>;

    static constexpr std::size_t max_queries = 64;
    static constexpr std::chrono::seconds max_age{10};
    // Read at once. Who sends on and on does not keep the thread from other ports, nor from the time.
    static constexpr std::size_t most_at_once = 2 * max_queries;

    // `buffer` is where datagrams are read into; ports may share it.
    UdpPort(EventLoop& loop, Server server, Buffer& buffer, Time now);
    ~UdpPort() override;
    UdpPort(const UdpPort&) = delete;
    UdpPort& operator=(const UdpPort&) = delete;

    // `done` is called exactly once, perhaps before this returns.
    void send(Packet query, Time deadline, Done done);
    void ready(int fd, bool readable, bool writable) override;
    void expire(Time now);
    void shut_down();

    [[nodiscard]] const Server& server() const { return server_; }
    [[nodiscard]] bool takes_more(Time now) const {
        return !broken_ && sent_ < max_queries && now < opened_ + max_age;
    }
    [[nodiscard]] bool idle() const { return open_.empty(); }
    [[nodiscard]] int error() const { return error_; } // why a new port takes nothing

  private:
    struct Query {
        Packet packet;
        Time deadline;
        Done done;
    };

    void take(PacketView datagram);
    void end(std::size_t index, const Reply& reply);
    void end_all(const Reply& reply);

    EventLoop& loop_;
    Server server_;
    Buffer& buffer_;
    Time opened_;
    FileDescriptor fd_;
    int error_;
    bool broken_;
    std::size_t sent_ = 0;
    std::vector<Query> open_;
};

} // namespace milter::resolver
