#include "milter/resolver/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

namespace milter::resolver {

namespace {

int checked(int fd) {
    if (fd < 0) {
        throw std::system_error(errno, std::generic_category(), "resolver event loop");
    }
    return fd;
}

epoll_event interest(int fd, bool readable, bool writable) {
    epoll_event event{};
    event.events = (readable ? static_cast<std::uint32_t>(EPOLLIN) : 0U) |
                   (writable ? static_cast<std::uint32_t>(EPOLLOUT) : 0U);
    event.data.fd = fd;
    return event;
}

} // namespace

FileDescriptor::~FileDescriptor() {
    close(fd_);
}

EventLoop::EventLoop()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC))),
      wakeup_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {
    epoll_event event = interest(wakeup_.get(), true, false);
    checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wakeup_.get(), &event));
}

bool EventLoop::post(Task task) {
    const auto [accepted, asleep] = inbox_.with([&](Inbox& inbox) {
        if (inbox.stopped) {
            return std::pair(false, false);
        }
        inbox.tasks.push_back(std::move(task));
        return std::pair(true, std::exchange(inbox.asleep, false));
    });
    if (asleep) {
        wake();
    }
    return accepted;
}

void EventLoop::stop() {
    inbox_.with([](Inbox& inbox) { inbox.stopped = true; });
    wake();
}

void EventLoop::watch(int fd, bool readable, bool writable, Watcher& watcher) {
    if (!readable && !writable) {
        epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        watchers_.erase(fd);
        return;
    }
    epoll_event event = interest(fd, readable, writable);
    const bool known = !watchers_.insert_or_assign(fd, &watcher).second;
    epoll_ctl(epoll_.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
}

void EventLoop::run(const std::function<std::chrono::milliseconds()>& between) {
    while (run_tasks()) {
        const auto at_most = between();
        wait(fall_asleep() ? at_most : std::chrono::milliseconds(0));
    }
}

bool EventLoop::fall_asleep() {
    return inbox_.with([](Inbox& inbox) { return inbox.asleep = inbox.tasks.empty(); });
}

void EventLoop::wake() const {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the loop is awake already.
    [[maybe_unused]] const ssize_t written = write(wakeup_.get(), &one, sizeof one);
}

void EventLoop::wait(std::chrono::milliseconds at_most) {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(at_most.count()));
    inbox_.with([](Inbox& inbox) { inbox.asleep = false; });
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const int fd = event.data.fd;
        if (fd == wakeup_.get()) {
            std::uint64_t ignored = 0;
            [[maybe_unused]] const ssize_t got = read(fd, &ignored, sizeof ignored);
            continue;
        }
        // An event earlier in this batch may have closed the descriptor.
        if (const auto watcher = watchers_.find(fd); watcher != watchers_.end()) {
            const bool broken = (event.events & static_cast<std::uint32_t>(EPOLLERR | EPOLLHUP)) != 0;
            watcher->second->ready(fd, broken || (event.events & EPOLLIN) != 0,
                                   (event.events & EPOLLOUT) != 0);
        }
    }
}

bool EventLoop::run_tasks() {
    const auto [tasks, stopped] =
        inbox_.with([](Inbox& inbox) { return std::pair(std::exchange(inbox.tasks, {}), inbox.stopped); });
    for (const Task& task : tasks) {
        task();
    }
    return !stopped; // nothing is accepted after stop(), so these were the last
}

} // namespace milter::resolver
