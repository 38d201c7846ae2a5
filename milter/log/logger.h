// Where log lines go: syslog or stderr. One event is one line of printable ASCII, whatever text it carries.
//
// Lines are handed to a thread that writes them, so that nobody waits for a log that is stuck. When it cannot
// keep up the oldest lines are lost and counted.
#pragma once

#include "milter/log/catalogue.h"
#include "milter/log/level.h"
#include "milter/log/rate_limit.h"
#include "milter/threads/lock_guarded.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
} // namespace spdlog

namespace milter::log {

class Logger {
  public:
    Logger(Target target, Facility facility, Level threshold);
    virtual ~Logger();
    Logger(const Logger&) = delete;
    Logger& operator=(const Logger&) = delete;

    // Whether lines of this kind are written at all, for those that cost something to make.
    [[nodiscard]] bool wants(Event event) const { return describe(event).level >= threshold_; }

    // Controls and bytes outside of ASCII in `text` become \xNN, overlong text is cut with "...".
    // Thread-safe.
    void write(Event event, std::string_view text);
    // The same with the MTA's queue id in front, "-" when there is none.
    void write(Event event, std::string_view queue_id, std::string_view text);

    // How often write() was called for an event, whether or not that led to a line.
    [[nodiscard]] std::uint64_t occurrences(Event event) const {
        return occurrences_.at(static_cast<std::size_t>(event)).load(std::memory_order_relaxed);
    }

  protected:
    Logger(); // for tests that override emit()

  private:
    virtual void emit(Level level, const std::string& line);

    [[nodiscard]] bool passes(Event event);
    void report_lost_lines();

    Level threshold_ = Level::debug;
    std::array<std::atomic<std::uint64_t>, event_count> occurrences_{};
    threads::LockGuarded<RateLimit> rate_limit_;
    std::shared_ptr<spdlog::details::thread_pool> writer_;
    std::shared_ptr<spdlog::logger> sink_;
    std::atomic<std::size_t> written_{0};
    std::atomic<std::size_t> reported_lost_{0};
};

} // namespace milter::log
