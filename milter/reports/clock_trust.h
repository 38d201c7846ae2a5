// Whether the clock can be believed when it says that a day is old. A clock that jumps forward would else
// take all that is stored with it.
#pragma once

#include "base/unix_time.h"

#include <optional>

namespace milter::reports {

class ClockTrust {
  public:
    // To be told the time every hour at least. True: it went on for an hour without a jump.
    [[nodiscard]] bool see(base::UnixTime now) {
        constexpr base::UnixTime an_hour = 3600;
        if (!last_ || now < *last_ || now > *last_ + 2 * an_hour) {
            steady_since_ = now;
        }
        last_ = now;
        return now - steady_since_ >= an_hour;
    }

  private:
    std::optional<base::UnixTime> last_;
    base::UnixTime steady_since_ = 0;
};

} // namespace milter::reports
