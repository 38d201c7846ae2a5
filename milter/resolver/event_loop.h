// A thread's loop over sockets and over work that other threads hand in (epoll and eventfd).
#pragma once

#include "milter/threads/lock_guarded.h"

#include <chrono>
#include <functional>
#include <unordered_map>
#include <vector>

namespace milter::resolver {

class FileDescriptor {
  public:
    explicit FileDescriptor(int fd) : fd_(fd) {}
    ~FileDescriptor();
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

class EventLoop {
  public:
    using Task = std::function<void()>;

    struct Watcher {
        virtual ~Watcher() = default;
        // May watch() and unwatch any descriptor; must not destroy the watcher.
        virtual void ready(int fd, bool readable, bool writable) = 0;
    };

    EventLoop(); // throws std::system_error when the kernel refuses a descriptor

    // From any thread. Tasks run in the order they came in. False, and nothing happens, after stop().
    [[nodiscard]] bool post(Task task);
    // From any thread. run() returns when everything posted before has run.
    void stop();

    // On the loop's thread. Neither readable nor writable: no longer watched (do it before closing the
    // descriptor).
    void watch(int fd, bool readable, bool writable, Watcher& watcher);

    // Calls `between` after each batch of events and tasks; it says how long to sleep at most, negative for
    // ever.
    void run(const std::function<std::chrono::milliseconds()>& between);

  private:
    struct Inbox {
        std::vector<Task> tasks;
        bool stopped = false;
        bool asleep = false; // needs waking; what the loop posts itself, it finds anyway
    };

    // False when there are tasks already.
    bool fall_asleep();
    void wake() const;
    void wait(std::chrono::milliseconds at_most);
    // False when the loop was stopped and these were the last.
    bool run_tasks();

    FileDescriptor epoll_;
    FileDescriptor wakeup_;
    std::unordered_map<int, Watcher*> watchers_;
    threads::LockGuarded<Inbox> inbox_;
};

} // namespace milter::resolver
