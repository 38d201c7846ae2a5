// Keeps libmilter's pool of threads from leaving a session behind.
//
// When a session has something to read, libmilter wakes an idle thread. Two sessions that become ready at
// nearly the same time wake the same one, which takes the first and then, if that message waits for the DNS,
// leaves the second waiting for as long. A new connection makes the pool start a thread when none is idle,
// and a thread that is done with its session looks for others. So, while messages wait, we connect to
// ourselves now and then.
#pragma once

#include "base/socket_name.h"
#include "milter/runtime/service.h"

#include <chrono>
#include <thread>

namespace milter::daemon {

class Nudge {
  public:
    static constexpr std::chrono::milliseconds interval{25};
    static constexpr std::chrono::milliseconds idle_interval{100}; // while no message waits

    // Both must outlive the object. Nothing is done when there are nearly
    // `most_threads`: libmilter does not get over it when a thread cannot be made.
    Nudge(const runtime::Service& service, const base::SocketName& socket, std::size_t most_threads);

  private:
    std::jthread thread_;
};

} // namespace milter::daemon
