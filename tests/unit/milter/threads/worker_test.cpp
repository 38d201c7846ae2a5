#include "milter/threads/worker.h"

#include "support/catch.h"

#include <atomic>
#include <latch>

using milter::threads::Worker;

TEST_CASE("a request is worked on, and one that comes meanwhile is not lost") {
    std::latch begun(1);
    std::latch go_on(1);
    std::latch twice(2);
    Worker worker([&] {
        begun.count_down(begun.try_wait() ? 0 : 1);
        go_on.wait();
        twice.count_down();
    });
    worker.request();
    begun.wait();
    worker.request();
    go_on.count_down();
    twice.wait(); // would hang if the second request were lost
    SUCCEED();
}

TEST_CASE("a worker without a request ends without working") {
    std::atomic<int> jobs{0};
    {
        const Worker worker([&] { ++jobs; });
    }
    CHECK(jobs == 0);
}
