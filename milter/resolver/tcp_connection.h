// One query over one TCP connection (RFC 7766), which nothing else depends on: whoever stalls or breaks it
// harms no other question.
#pragma once

#include "milter/resolver/event_loop.h"
#include "milter/resolver/reply.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/wire.h"

#include <chrono>
#include <cstddef>

namespace milter::resolver {

class TcpConnection final : public EventLoop::Watcher {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // So many messages that do not answer the query, and the connection is closed: there is one query on it,
    // and each costs work.
    static constexpr int most_strange_messages = 16;

    // `done` is called exactly once, perhaps before start() returns: with a response, tcp_silence, tcp_closed
    // or shutdown. It must not throw or destroy the connection.
    TcpConnection(EventLoop& loop, const Server& server, PacketView query, Time deadline, ReplyTo done);
    ~TcpConnection() override;
    TcpConnection(const TcpConnection&) = delete;
    TcpConnection& operator=(const TcpConnection&) = delete;

    void start();
    void ready(int fd, bool readable, bool writable) override;
    void expire(Time now);
    void shut_down() { end({Reply::Kind::shutdown}); }

    [[nodiscard]] bool over() const { return over_; }

  private:
    void write();
    void read();
    [[nodiscard]] bool take_message(); // false when it is not whole yet
    void end(const Reply& reply);

    EventLoop& loop_;
    FileDescriptor fd_;
    int connect_error_; // of the system, where there is no socket
    Packet query_;      // as it must be answered
    Packet unsent_;     // with its length in front, less what has been sent
    Packet received_;
    Time deadline_;
    int strange_messages_ = 0;
    ReplyTo done_;
    bool over_ = false;
};

} // namespace milter::resolver
