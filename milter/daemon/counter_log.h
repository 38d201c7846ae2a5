// Writes what was counted to the log: now and then, when asked, and at the end.
#pragma once

#include "milter/record/counter_lines.h"
#include "milter/runtime/service.h"
#include "milter/threads/wakeup.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace milter::daemon {

// What all sessions have counted, and the lines of the log that could be kept back.
[[nodiscard]] std::vector<record::Count> read_counts(const runtime::Service& service);

class CounterLog {
  public:
    // `service` must outlive the object.
    explicit CounterLog(const runtime::Service& service);
    ~CounterLog(); // with a line for what no line has told yet
    CounterLog(const CounterLog&) = delete;
    CounterLog& operator=(const CounterLog&) = delete;

    // Has the totals written. Returns at once.
    void request_totals();

  private:
    void run(const std::stop_token& stop);
    void sleep();
    void write_since_last();
    void write_totals();
    [[nodiscard]] std::chrono::seconds every() const; // of the configuration that is in use

    const runtime::Service& service_;
    record::CounterLines lines_; // the thread's, until it has ended
    std::atomic<bool> totals_requested_{false};
    threads::Wakeup wakeup_;
    runtime::ChangeBell bell_;
    std::jthread thread_; // last: it uses all of the above
};

} // namespace milter::daemon
