// Where people look on, a line that changes while messages are played.
#pragma once

#include "milter/tool/progress_line.h"

#include <chrono>
#include <cstdint>

namespace milter::tool::compare {

class Progress {
  public:
    // `all`: how many there will be; 0: nobody knows.
    Progress(const Console& console, std::int64_t all) : all_(all), line_(console) {}

    void add_message() {
        constexpr auto pause = std::chrono::milliseconds(200);
        const auto now = std::chrono::steady_clock::now();
        ++done_;
        if (now >= next_) {
            next_ = now + pause;
            line_.show(done_, all_, " messages");
        }
    }

  private:
    std::int64_t all_, done_ = 0;
    ProgressLine line_;
    std::chrono::steady_clock::time_point next_{};
};

} // namespace milter::tool::compare
