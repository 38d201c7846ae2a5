// Moves packets: one query to one server, one reply or the reason why there is none. The only file that knows
// c-ares.
//
// What c-ares (1.18) does for us: non-blocking UDP sockets that are connected, so that the kernel drops what
// comes from another address or port; the match of a reply to its query by id and question; the timeout; TCP
// after truncation; and one retry without EDNS after a FORMERR without OPT.
//
// What it does not do, and we do above or here:
// - The id is the packet's own, so that it is only as good as make_query's caller makes it (random_id).
// - A channel keeps its UDP port for as long as it is busy. RFC 5452 wants ports that cannot be foreseen: a
// channel is
//   retired after `queries_per_port` queries and the next one gets a fresh port from the kernel. Together
//   with the single flight above, which leaves no two open queries for one question to aim at (birthday
//   attack), a blind forger has to hit one of some 2^16 ids and 2^14 ports or more.
// - Its failover forgets dead servers with each question, and it hides SERVFAIL and REFUSED from the caller
// while it
//   looks for a better server. We give each channel one server, one try and ARES_FLAG_NOCHECKRESP, see every
//   RCODE, and choose servers ourselves (Exchange, Nameservers).
// - A reply with an empty question section, as some servers send with FORMERR, never matches: it counts as
// silence.
#pragma once

#include "milter/resolver/event_loop.h"
#include "milter/resolver/resolver.h"
#include "milter/resolver/wire.h"

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace resolver {

struct Reply {
    enum class Kind {
        response, // `packet` matches the query's id and question; nothing more is known about it
        silence,  // no reply in time
        unreachable,
        shutdown, // the transport was stopped
    };
    Kind kind;
    PacketView packet; // valid during the call
};

class Transport {
  public:
    using Done = std::function<void(const Reply&)>; // must not throw

    static constexpr std::size_t queries_per_port = 64;

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
        bool edns = true; // what the packet says, too
        std::chrono::milliseconds timeout{2000};

        bool operator==(const Path&) const = default;
    };
    // `done` is called exactly once, perhaps before this returns. It may send again.
    void send(const Path& path, PacketView query, Done done);
    // Lets go of all sockets that are not waiting for a reply: the servers have changed.
    void forget_paths();

  private:
    class Channel;

    void run();
    Channel* channel_for(const Path& path);
    std::chrono::milliseconds keep_house();

    EventLoop loop_;
    std::vector<std::unique_ptr<Channel>> channels_; // one for each path in use
    std::vector<std::unique_ptr<Channel>> retired_;  // waiting for their last replies
    std::chrono::steady_clock::time_point ticked_;
    std::thread thread_; // last: it uses all of the above
};

} // namespace resolver
