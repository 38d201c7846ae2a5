// Keeps a flood of like lines out of the log: of each kind of event only so many a period. Pure: time comes
// in as a value.
#pragma once

#include "milter/log/catalogue.h"

#include <array>
#include <chrono>
#include <cstddef>

namespace milter::log {

class RateLimit {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::size_t burst = 20; // lines of a kind in one period
    static constexpr std::chrono::seconds period{10};

    struct Decision {
        bool write = true;
        std::size_t suppressed = 0; // lines of this kind that were kept back in the last period
    };

    // Of kinds that are not limited (Flow::each), every line.
    [[nodiscard]] Decision admit(Event event, Time now);

  private:
    struct Kind {
        Time begin{};
        std::size_t seen = 0;
    };

    std::array<Kind, event_count> kinds_{};
};

} // namespace milter::log
