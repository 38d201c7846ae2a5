#include "bench/load/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace bench {

void Watch::wake() {
    if (const auto waiter = std::exchange(waiter_, {})) {
        waiter.resume();
    }
}

EventLoop::EventLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
}

EventLoop::~EventLoop() {
    close(epoll_);
}

void EventLoop::add(int socket, Watch& watch) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP;
    event.data.ptr = &watch;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

void EventLoop::run(const std::size_t& left, Clock::time_point end) {
    // One event a turn: what a coroutine does may close the sockets of those behind it.
    std::array<epoll_event, 1> events{};
    while (left > 0 && Clock::now() < end) {
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), patience(end));
        if (count > 0) {
            static_cast<Watch*>(events[0].data.ptr)->wake();
        }
        wake_sleepers();
    }
}

void EventLoop::wake_sleepers() {
    while (!sleepers_.empty() && sleepers_.begin()->first <= Clock::now()) {
        const auto waiter = sleepers_.begin()->second;
        sleepers_.erase(sleepers_.begin());
        waiter.resume();
    }
}

int EventLoop::patience(Clock::time_point end) const {
    const auto next = sleepers_.empty() ? end : std::min(end, sleepers_.begin()->first);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
}

} // namespace bench
