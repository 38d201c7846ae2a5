#include "milter/daemon/nudge.h"

#include "milter/daemon/capacity.h"
#include "milter/listener/knock.h"

namespace milter::daemon {

namespace {

bool has_room(std::size_t most_threads) {
    constexpr std::size_t margin = 10;
    return most_threads == threads::Share::unlimited || running_threads() + margin < most_threads;
}

} // namespace

Nudge::Nudge(const runtime::Service& service, const base::SocketName& socket, std::size_t most_threads)
    : thread_([&service, &socket, most_threads](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
              std::this_thread::sleep_for(service.load.waiting > 0 ? interval : idle_interval);
              if (service.load.waiting > 0 && has_room(most_threads)) {
                  static_cast<void>(listener::accepts_connections(socket));
              }
          }
      }) {}

} // namespace milter::daemon
