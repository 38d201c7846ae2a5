// Messages that wait until what was kept of them is on the disk (reports.durable). Guarded by the mutex of
// who keeps it, with whose lock a message waits.
#pragma once

#include "milter/threads/mutex.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>

namespace milter::reports {

class DiskWait {
  public:
    static constexpr std::chrono::milliseconds patience{250};

    void set_wanted(bool wanted) { is_wanted_ = wanted; }
    [[nodiscard]] bool is_wanted() const { return is_wanted_; }

    // What was kept is taken away to be written; what comes from now on is of the next batch.
    void take() { ++batch_; }
    // What was taken last is on the disk, or cannot be put there now: then nobody goes on waiting for it.
    void settle(bool is_written);
    // `wake`: who writes. False: it is not on the disk when this returns, where that is wanted.
    [[nodiscard]] bool wait(threads::Lock& lock, const std::function<void()>& wake);

  private:
    std::condition_variable_any settled_;
    bool is_wanted_ = false;
    bool works_ = true;
    std::uint64_t batch_ = 1;         // that is being kept
    std::uint64_t settled_batch_ = 0; // the last one that is on the disk
};

} // namespace milter::reports
