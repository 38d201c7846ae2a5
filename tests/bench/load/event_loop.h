// One thread, many sessions: coroutines that wait for a socket or for a time.
#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <map>
#include <optional>
#include <utility>

namespace bench {

using Clock = std::chrono::steady_clock;

// A coroutine that starts when it is awaited and hands its value, or its exception, to who awaits it.
template <class T>
class [[nodiscard]] Task {
  public:
    struct promise_type {
        struct Return {
            [[nodiscard]] bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
                return self.promise().caller;
            }
            void await_resume() const noexcept {}
        };

        Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        Return final_suspend() noexcept { return {}; }
        void return_value(T result) { value = std::move(result); }
        void unhandled_exception() { problem = std::current_exception(); }

        std::coroutine_handle<> caller;
        std::optional<T> value;
        std::exception_ptr problem;
    };

    Task(Task&& other) noexcept : self_(std::exchange(other.self_, {})) {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (self_) {
            self_.destroy();
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
        self_.promise().caller = caller;
        return self_;
    }
    T await_resume() {
        if (self_.promise().problem) {
            std::rethrow_exception(self_.promise().problem);
        }
        return std::move(*self_.promise().value);
    }

  private:
    explicit Task(std::coroutine_handle<promise_type> self) : self_(self) {}

    std::coroutine_handle<promise_type> self_;
};

// A coroutine of its own that nobody awaits; it catches what it throws.
struct Detached {
    struct promise_type {
        Detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

// A socket in the loop. One coroutine at a time waits for it.
class Watch {
  public:
    Watch() = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // Any change of the socket ends the wait; the one who waited tries again what did not work.
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
    void await_resume() const noexcept {}
    void wake();

  private:
    std::coroutine_handle<> waiter_;
};

class EventLoop {
  public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    void add(int socket, Watch& watch); // until the socket is closed
    // Until nobody is left, or the end.
    void run(const std::size_t& left, Clock::time_point end);

    struct Sleep {
        EventLoop& loop;
        Clock::time_point until;
        [[nodiscard]] bool await_ready() const { return until <= Clock::now(); }
        void await_suspend(std::coroutine_handle<> waiter) { loop.sleepers_.emplace(until, waiter); }
        void await_resume() const noexcept {}
    };
    [[nodiscard]] Sleep sleep_until(Clock::time_point time) { return {*this, time}; }

  private:
    void wake_sleepers();
    [[nodiscard]] int patience(Clock::time_point end) const; // as epoll_wait has it

    int epoll_;
    std::multimap<Clock::time_point, std::coroutine_handle<>> sleepers_;
};

} // namespace bench
