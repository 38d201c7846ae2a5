#include "milter/reports/disk_wait.h"

namespace milter::reports {

void DiskWait::settle(bool is_written) {
    works_ = is_written;
    if (is_written) {
        settled_batch_ = batch_ - 1;
    }
    settled_.notify_all();
}

bool DiskWait::wait(threads::Lock& lock, const std::function<void()>& wake) {
    if (!is_wanted_ || !works_) {
        return !is_wanted_;
    }
    const auto batch = batch_;
    wake();
    settled_.wait_for(lock, patience, [&] { return settled_batch_ >= batch || !works_; });
    return settled_batch_ >= batch;
}

} // namespace milter::reports
