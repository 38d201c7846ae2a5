#include "milter/threads/wakeup.h"
#include "support/catch.h"

#include <atomic>
#include <thread>

using milter::threads::Wakeup;
using namespace std::chrono_literals;

TEST_CASE("a ring before the sleep is not lost") {
    Wakeup wakeup;
    wakeup.ring();
    const auto begin = Wakeup::Clock::now();
    wakeup.sleep_until(begin + 60s);
    CHECK(Wakeup::Clock::now() < begin + 30s);
}

TEST_CASE("without a ring the sleep lasts to its end") {
    Wakeup wakeup;
    const auto end = Wakeup::Clock::now() + 20ms;
    while (Wakeup::Clock::now() < end) {
        wakeup.sleep_until(end);
    }
    wakeup.sleep_until({}); // long over
    CHECK(Wakeup::Clock::now() >= end);
}

TEST_CASE("a ring from another thread ends the sleep") {
    Wakeup wakeup;
    std::atomic<bool> rung{false};
    std::jthread other([&] {
        rung = true;
        wakeup.ring();
    });
    const auto end = Wakeup::Clock::now() + 60s;
    while (!rung && Wakeup::Clock::now() < end) {
        wakeup.sleep_until(end);
    }
    CHECK(rung);
}
