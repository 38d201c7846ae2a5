// How much of the DNS one message may use, and how long it may wait for it.
#pragma once

#include <chrono>
#include <cstddef>

namespace milter::runtime {

struct DriverLimits {
    std::size_t questions = 200;            // per message; more are answered `failed`
    std::size_t reserve = 0;                // of these, for what is asked once the header is known
    std::chrono::milliseconds budget{8000}; // for waiting in finish()
    std::chrono::milliseconds progress_interval{5000};
    std::size_t waiting = 1000; // messages that may wait in finish() at once
};

} // namespace milter::runtime
