// Goes on looking up relays whose names had no addresses when the configuration was read. While one is
// missing nothing is refused, and that must not last until somebody sees it in the log: a name server that
// comes up after the daemon is enough to bring it about.
#pragma once

#include "milter/runtime/relay_rules.h"
#include "milter/runtime/service.h"
#include "milter/threads/wakeup.h"

#include <optional>
#include <thread>

namespace milter::daemon {

// One look. Asks for nothing where no relay is missing.
void seek_relays(runtime::Service& service, const runtime::LookUpHost& look_up);

// When to look; nothing: not before another configuration is in use.
[[nodiscard]] std::optional<threads::Wakeup::Clock::time_point> next_look(const runtime::Service& service);

class RelaySeeker {
  public:
    // `service` must outlive the object.
    explicit RelaySeeker(runtime::Service& service);
    ~RelaySeeker(); // waits for the answer to a question that is under way
    RelaySeeker(const RelaySeeker&) = delete;
    RelaySeeker& operator=(const RelaySeeker&) = delete;

  private:
    void run(const std::stop_token& stop);

    runtime::Service& service_;
    threads::Wakeup wakeup_;
    runtime::ChangeBell bell_;
    std::jthread thread_; // last: it uses all of the above
};

} // namespace milter::daemon
