#include "milter/resolver/event_loop.h"
#include "support/catch.h"

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using milter::resolver::EventLoop;
using std::chrono::milliseconds;

namespace {

const auto for_ever = [] { return milliseconds(-1); };

// Reads what comes through a pipe and stops the loop at its end.
struct PipeReader final : EventLoop::Watcher {
    EventLoop& loop;
    std::string received;

    explicit PipeReader(EventLoop& of) : loop(of) {}
    void ready(int fd, bool readable, bool /*writable*/) override {
        REQUIRE(readable);
        std::array<char, 16> buffer{};
        const ssize_t got = read(fd, buffer.data(), buffer.size());
        if (got <= 0) {
            loop.watch(fd, false, false, *this);
            loop.stop();
            return;
        }
        received.append(buffer.data(), static_cast<std::size_t>(got));
    }
};

} // namespace

TEST_CASE("tasks run in order, to the last one posted before the end") {
    EventLoop loop;
    std::vector<int> ran;
    for (int i = 0; i < 3; ++i) {
        CHECK(loop.post([&ran, i] { ran.push_back(i); }));
    }
    CHECK(loop.post([&] {
        CHECK(loop.post([&ran] { ran.push_back(9); })); // posted by a task
        loop.stop();
        CHECK_FALSE(loop.post([&ran] { ran.push_back(10); }));
    }));
    loop.run(for_ever);
    CHECK(ran == std::vector<int>{0, 1, 2, 9});
}

TEST_CASE("what the loop posts to itself runs before it sleeps") {
    EventLoop loop;
    std::vector<std::string> ran;
    const auto in_between = [&] {
        if (ran.size() == 1) {
            CHECK(loop.post([&] {
                ran.emplace_back("from between");
                CHECK(loop.post([&] {
                    ran.emplace_back("from a task");
                    loop.stop();
                }));
            }));
        }
        return milliseconds(-1);
    };
    CHECK(loop.post([&] { ran.emplace_back("from outside"); }));
    loop.run(in_between);
    CHECK(ran == std::vector<std::string>{"from outside", "from between", "from a task"});
}

TEST_CASE("a task from another thread wakes the loop each time") {
    EventLoop loop;
    std::atomic<int> ran{0};
    std::jthread other([&] {
        for (int i = 0; i < 100 && loop.post([&ran] { ++ran; }); ++i) {
            while (ran <= i) {
                std::this_thread::yield();
            }
        }
        loop.stop();
    });
    loop.run(for_ever);
    CHECK(ran == 100);
}

TEST_CASE("a watched descriptor wakes the loop until it is let go") {
    EventLoop loop;
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    const milter::resolver::FileDescriptor reading(ends[0]);
    PipeReader reader(loop);
    loop.watch(reading.get(), true, false, reader);
    REQUIRE(write(ends[1], "hello, pipe: more than one read", 31) == 31);
    close(ends[1]);
    loop.run(for_ever);
    CHECK(reader.received == "hello, pipe: more than one read");
}

TEST_CASE("the sleep between events is as long as asked for") {
    EventLoop loop;
    int rounds = 0;
    loop.run([&] {
        if (++rounds == 3) {
            loop.stop();
        }
        return milliseconds(0);
    });
    CHECK(rounds == 3);
}
