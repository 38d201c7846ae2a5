#include "milter/log/rate_limit.h"

#include "support/catch.h"
#include "support/memory_logger.h"

#include <vector>

using milter::log::Event;
using milter::log::RateLimit;

TEST_CASE("a flood of one kind is cut, and counted when it is over") {
    RateLimit limit;
    const RateLimit::Time begin{std::chrono::hours(1)};
    std::size_t written = 0;
    for (int i = 0; i < 1000; ++i) {
        written +=
            limit.admit(Event::header_over_limit, begin + std::chrono::milliseconds(i)).write ? 1U : 0U;
    }
    CHECK(written == RateLimit::burst);
    const auto next = limit.admit(Event::header_over_limit, begin + RateLimit::period);
    CHECK(next.write);
    CHECK(next.suppressed == 1000 - RateLimit::burst);
    const auto later = limit.admit(Event::header_over_limit, begin + 3 * RateLimit::period);
    CHECK(later.write);
    CHECK(later.suppressed == 0);
}

TEST_CASE("kinds do not stand in each other's way") {
    RateLimit limit;
    const RateLimit::Time now{std::chrono::hours(1)};
    for (int i = 0; i < 100; ++i) {
        (void)limit.admit(Event::header_over_limit, now);
    }
    CHECK(limit.admit(Event::overloaded, now).write);
}

TEST_CASE("lines of messages and of the daemon's own doing are never cut") {
    RateLimit limit;
    const RateLimit::Time now{std::chrono::hours(1)};
    for (const Event event : {Event::message, Event::configuration_problem, Event::reloaded}) {
        for (int i = 0; i < 1000; ++i) {
            REQUIRE(limit.admit(event, now).write);
        }
    }
}

TEST_CASE("the logger cuts what is written through it") {
    test::MemoryLogger logger;
    for (int i = 0; i < 100; ++i) {
        logger.write(Event::overloaded, "4abc", "too much");
        logger.write(Event::message, "4abc", "a message");
    }
    CHECK(logger.lines.size() == RateLimit::burst + 100);
}
