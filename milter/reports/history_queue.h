// Keeps messages in memory as opendmarc's HistoryFile has them, until they are written to a file, which is
// somebody else's business (history_writer.h). Threads of messages come in and go on at once; with
// reports.durable they wait a moment until it is done.
#pragma once

#include "config/report_settings.h"
#include "milter/record/facts_reader.h"
#include "milter/reports/disk_wait.h"
#include "milter/threads/mutex.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace milter::reports {

class HistoryQueue final : public record::FactsReader {
  public:
    // `wake`: there is something to be written before its time.
    explicit HistoryQueue(std::function<void()> wake) : wake_(std::move(wake)) {}

    [[nodiscard]] bool is_on(const config::Reports& settings) const override {
        return !settings.history_file.empty();
    }
    void read(const record::MessageFacts& facts) override;

    void configure(const config::Reports& settings);

    // ---- For who writes the file: one thread

    // The records that came since the last time, in their order. They are held from now on.
    [[nodiscard]] std::string take();
    // All that was taken is in the file, or cannot be put there now: nobody goes on waiting for it.
    void settle(bool is_written);
    // How much of the memory is used by all that was taken and is not in the file.
    void hold(std::size_t bytes) { held_ = bytes; }
    // Messages for which there was no room, since the last time.
    [[nodiscard]] std::int64_t take_dropped() { return dropped_.exchange(0); }
    // Those that were answered before their record was on the disk, likewise.
    [[nodiscard]] std::int64_t take_late() { return late_.exchange(0); }

  private:
    void keep(const std::string& lines);

    std::function<void()> wake_;
    std::atomic<std::size_t> memory_{config::Reports().memory};
    std::atomic<std::size_t> held_{0};
    std::atomic<std::int64_t> dropped_{0}, late_{0};
    threads::Mutex mutex_;
    std::string waiting_ PARAPH_GUARDED_BY(mutex_);
    DiskWait disk_ PARAPH_GUARDED_BY(mutex_);
};

} // namespace milter::reports
