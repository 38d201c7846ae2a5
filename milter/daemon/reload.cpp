#include "milter/daemon/reload.h"

#include <csignal>
#include <ctime>

namespace milter::daemon {

namespace {

sigset_t reload_signal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    return set;
}

} // namespace

void prepare_signals() {
    sigset_t set = reload_signal();
    // libmilter waits for these in a thread of its own but blocks them only when it starts. A thread that is
    // older, such as the resolver's, would take them as they come, and SIGTERM would kill instead of
    // stopping.
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

ReloadThread::ReloadThread(std::function<void()> reload)
    : thread_([reload = std::move(reload)](const std::stop_token& stop) {
          const sigset_t set = reload_signal();
          while (!stop.stop_requested()) {
              int signal = 0;
              if (sigwait(&set, &signal) == 0 && !stop.stop_requested()) {
                  reload();
              }
          }
      }) {}

ReloadThread::~ReloadThread() {
    thread_.request_stop();
    pthread_kill(thread_.native_handle(), SIGUSR1);
}

} // namespace milter::daemon
