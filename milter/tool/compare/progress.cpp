#include "milter/tool/compare/progress.h"

#include <fmt/ostream.h>

#include <unistd.h>

#include <iostream>

namespace milter::tool::compare {

Progress::Progress(Console& console, std::size_t all)
    : console_(console), all_(all), is_shown_(&console.err == &std::cerr && ::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (is_shown_ && done_ > 0) {
        fmt::print(console_.err, "\r\x1b[K");
        console_.err.flush();
    }
}

void Progress::add_message() {
    constexpr auto pause = std::chrono::milliseconds(200);
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (!is_shown_ || now < next_) {
        return;
    }
    next_ = now + pause;
    if (all_ > 0) {
        fmt::print(console_.err, "\r{} of {} messages", done_, all_);
    } else {
        fmt::print(console_.err, "\r{} messages", done_);
    }
    console_.err.flush();
}

} // namespace milter::tool::compare
