// When the store is not waited for any longer, because the daemon ends. Told by one thread, asked by another.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

namespace milter::reports {

class EndTime {
  public:
    using Clock = std::chrono::steady_clock;

    void set(Clock::time_point end) { end_ = end.time_since_epoch().count(); }
    // Not later than the end.
    [[nodiscard]] Clock::time_point bound(Clock::time_point deadline) const {
        return std::min(deadline, Clock::time_point(Clock::duration(end_.load())));
    }

  private:
    std::atomic<Clock::rep> end_ = Clock::duration::max().count();
};

} // namespace milter::reports
