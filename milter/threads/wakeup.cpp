#include "milter/threads/wakeup.h"

#include <algorithm>
#include <ctime>

namespace milter::threads {

bool Wakeup::sleep_until(Clock::time_point end) {
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    const auto since_boot = std::max(end.time_since_epoch(), Clock::duration::zero());
    const auto whole = std::chrono::floor<seconds>(since_boot);
    timespec time{};
    time.tv_sec = static_cast<time_t>(whole.count());
    time.tv_nsec = static_cast<long>(nanoseconds(since_boot - whole).count());
    return sem_clockwait(&rings_, CLOCK_MONOTONIC, &time) == 0;
}

} // namespace milter::threads
