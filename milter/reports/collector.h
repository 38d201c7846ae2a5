// Counts messages in memory, for reports. Threads of messages come in and go on at once; the store is
// somebody else's business (flusher.h), and nothing waits for it unless that is asked for.
#pragma once

#include "config/report_settings.h"
#include "milter/record/facts_reader.h"
#include "milter/reports/disk_wait.h"
#include "milter/reports/pending.h"
#include "milter/threads/mutex.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace milter::reports {

class Collector final : public record::FactsReader {
  public:
    // `wake`: there is something to be written before its time.
    explicit Collector(std::function<void()> wake) : wake_(std::move(wake)) {}

    [[nodiscard]] bool is_on(const config::Reports& settings) const override { return settings.enabled; }
    void read(const record::MessageFacts& facts) override;

    void configure(const config::Reports& settings);

    // ---- For who writes to the store: one thread

    // What was counted since the last time; from now on the next batch is counted.
    [[nodiscard]] Pending take();
    // How much of the memory is used by what was taken and is not in the store.
    void hold(std::size_t bytes) { held_ = bytes; }
    // What was taken last is in the store, or cannot be put there now: nobody goes on waiting for it.
    void settle(bool is_stored);

    // Messages, since the last time.
    struct Losses {
        std::int64_t less_detail = 0;
        std::int64_t dropped = 0;
        std::int64_t late = 0; // answered before their count was on the disk
    };
    [[nodiscard]] Losses take_losses();

  private:
    void count(const record::MessageFacts& facts);

    std::function<void()> wake_;
    std::atomic<std::size_t> memory_{config::Reports().memory};
    std::atomic<std::size_t> held_{0};
    std::atomic<std::size_t> bytes_{0}; // of pending_
    std::atomic<std::int64_t> less_detail_{0}, dropped_{0}, late_{0};
    threads::Mutex mutex_;
    Pending pending_ PARAPH_GUARDED_BY(mutex_);
    DiskWait disk_ PARAPH_GUARDED_BY(mutex_);
};

} // namespace milter::reports
