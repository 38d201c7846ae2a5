// Moves packets: one query to one server, one reply or the reason why there is none. UDP first, TCP after
// truncation.
//
// Our own and no library, because the promises matter more than the little code: a packet arrives as it was
// written (c-ares 1.34 writes an id and a cookie of its own into it), each question that needs TCP has a
// connection of its own (c-ares has one for a server, and what one zone's server does to it is done to all),
// and ports and ids are hard to foresee. The thread and its loop over sockets are here anyway.
#pragma once

#include "milter/resolver/event_loop.h"
#include "milter/resolver/reply.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/tcp_admission.h"
#include "milter/resolver/tcp_connection.h"
#include "milter/resolver/udp_port.h"

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace milter::resolver {

class Transport {
  public:
    static constexpr std::size_t queries_per_port = UdpPort::max_queries;
    // For one question that needs TCP, at one server. A connection that ends without an answer costs no time,
    // and is often the fate of one connection and not of the next.
    static constexpr int tcp_connections = 3;
    // How late a timeout may be noticed.
    static constexpr std::chrono::milliseconds tick{20};
    // How long to wait between two looks at that many queries over TCP: with few none, with many so long that
    // a server that ends connection after connection does not have all of them gone through each time.
    [[nodiscard]] static std::chrono::milliseconds rest_after(std::size_t streams);

    Transport(); // throws std::system_error when there are no descriptors or threads to be had
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    // From any thread: runs the task on the transport's thread. False after stop() has begun.
    [[nodiscard]] bool post(EventLoop::Task task) { return loop_.post(std::move(task)); }
    // From any thread but its own: replies `shutdown` to everything open, then joins the thread.
    void stop();

    // The rest only on the transport's thread.
    struct Path {
        Server server;
        std::chrono::milliseconds timeout{2000}; // for UDP, and once more for TCP
    };
    // `name` is what the query asks for. `done` is called exactly once, perhaps before this returns. It may
    // send again.
    void send(const Path& path, std::string_view name, Packet query, ReplyTo done);
    // Lets go of all ports that are not waiting for a reply: the servers have changed.
    void forget_paths();

  private:
    using Time = std::chrono::steady_clock::time_point;

    // A query that needs TCP, until it has an answer.
    struct Stream {
        Path path;
        TcpAdmission& admission;
        std::string owner; // for the admission
        Packet query;
        ReplyTo done;
        Time deadline{};
        int opened = 0;
        std::unique_ptr<TcpConnection> connection; // of the last try; null while it waits for admission
        bool over = false;
    };

    void run();
    void end_all();
    UdpPort& port_to(const Server& server, Time now);
    void send_over_tcp(const Path& path, std::string_view name, Packet query, ReplyTo done);
    void admit(Stream& stream, Time now);
    void connect(Stream& stream);
    void connection_ended(Stream& stream, const Reply& reply);
    void end(Stream& stream, const Reply& reply);
    void look_after_streams(Time now);
    void look_after(Stream& stream, Time now);
    void expire_ports(Time now);
    std::chrono::milliseconds keep_house();

    EventLoop loop_;
    UdpPort::Buffer buffer_;
    std::list<UdpPort> ports_;                       // those that take more, one for each server in use
    std::list<UdpPort> retired_;                     // waiting for their last replies
    std::map<std::string, TcpAdmission> admissions_; // by server: what one lacks says nothing of another
    std::list<Stream> streams_;                      // in the order in which they came
    bool stream_ended_ = false;                      // there may be room for another
    Time next_look_;                                 // at streams_, not before
    bool stopping_ = false;
    Time ticked_;
    std::thread thread_; // last: it uses all of the above
};

} // namespace milter::resolver
