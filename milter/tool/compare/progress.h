// Where people look on, a line that changes while messages are played.
#pragma once

#include "milter/tool/command.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace milter::tool::compare {

class Progress {
  public:
    // `all`: how many there will be; 0: nobody knows.
    Progress(Console& console, std::size_t all);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // Takes the line away.
    ~Progress();

    void add_message();

  private:
    Console& console_;
    std::size_t all_, done_ = 0;
    bool is_shown_;
    std::chrono::steady_clock::time_point next_{};
};

} // namespace milter::tool::compare
