// Messages that wait until what is kept of them is on the disk (reports.durable). It has no mutex of its own:
// that of the class it is a member of guards it, and a message waits with a lock of that.
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

    // What was kept is taken away to be written; what comes from now on is of the next batch.
    void take() { ++batch_; }
    // All that was taken is on the disk, or cannot be put there now: then nobody goes on waiting for it.
    void settle(bool is_written);
    // For what was kept last. `wake`: the thread that writes. False: it is wanted, and is not on the disk; at
    // once where nothing can be written, and after `patience` in any case.
    [[nodiscard]] bool wait(threads::Lock& lock, const std::function<void()>& wake);

  private:
    std::condition_variable_any settled_;
    bool is_wanted_ = false;
    bool works_ = true;
    std::uint64_t batch_ = 1;         // that is being kept
    std::uint64_t settled_batch_ = 0; // the last one that is on the disk
};

} // namespace milter::reports
