// SIGUSR1: read the configuration again. libmilter keeps SIGHUP, SIGTERM and SIGINT for itself, all three to
// stop.
#pragma once

#include <functional>
#include <thread>

namespace milter::daemon {

// Blocks SIGUSR1 and ignores SIGPIPE; to be called before any thread exists.
void prepare_signals();

// A thread that calls `reload` for every SIGUSR1 until it is destroyed.
class ReloadThread {
  public:
    explicit ReloadThread(std::function<void()> reload);
    ~ReloadThread();
    ReloadThread(const ReloadThread&) = delete;
    ReloadThread& operator=(const ReloadThread&) = delete;

  private:
    std::jthread thread_;
};

} // namespace milter::daemon
