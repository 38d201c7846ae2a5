#include "milter/reports/history_writer.h"

#include "milter/reports/history_file.h"
#include "milter/reports/history_records.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>

namespace milter::reports {

using log::Event;
using record::Family;
using record::Recorded;

namespace {

constexpr TroubleLog::Words words{
    "reports.history_file is written again",
    "there is no room in memory (reports.memory) until reports.history_file can be written: mail is missing "
    "in it"};

// At once; on a disk that is nearly full as much as has room is written.
constexpr std::size_t most_at_once = std::size_t{64} * 1024;

std::int64_t count_records(std::string_view records) {
    std::int64_t count = 0;
    for (std::size_t from = 0; from < records.size(); ++count) {
        from = end_of_records(records, from, 1);
    }
    return count;
}

} // namespace

HistoryWriter::HistoryWriter(HistoryQueue& queue, log::Logger& logger, record::Counters& counters)
    : queue_(queue), logger_(logger), counters_(counters), trouble_(logger, words) {}

void HistoryWriter::flush(const config::Reports& settings) {
    note_losses();
    batch_ += queue_.take();
    if (!settings.history_file.empty()) {
        path_ = settings.history_file;
    }
    const HistoryOptions options{.largest = settings.store_size, .durable = settings.durable};
    std::size_t written = 0;
    std::optional<std::string> problem;
    while (written < batch_.size() && !problem) {
        const std::size_t end = end_of_records(batch_, written, most_at_once);
        const auto records = std::string_view(batch_).substr(written, end - written);
        if (auto appended = append_to_history(path_, records, options)) {
            written = end;
        } else {
            problem = fmt::format("reports.history_file: {}", appended.error());
        }
    }
    counters_.add(Family::history, static_cast<std::size_t>(Recorded::written),
                  static_cast<std::uint64_t>(count_records(std::string_view(batch_).substr(0, written))));
    batch_.erase(0, written);
    queue_.hold(batch_.size());
    queue_.settle(batch_.empty());
    note_losses();
    trouble_.end_round(problem ? &*problem : nullptr);
}

void HistoryWriter::give_up() {
    const auto lost = count_records(batch_) + count_records(queue_.take());
    batch_.clear();
    if (lost > 0) {
        counters_.add(Family::history, static_cast<std::size_t>(Recorded::dropped),
                      static_cast<std::uint64_t>(lost));
        logger_.write(Event::reports_lost,
                      fmt::format("at the end reports.history_file cannot be written: {} {} missing in it",
                                  lost, lost == 1 ? "message is" : "messages are"));
    }
}

void HistoryWriter::note_losses() {
    const auto dropped = queue_.take_dropped();
    counters_.add(Family::history, static_cast<std::size_t>(Recorded::dropped),
                  static_cast<std::uint64_t>(dropped));
    trouble_.lose(dropped);
    counters_.add(Family::history, static_cast<std::size_t>(Recorded::late),
                  static_cast<std::uint64_t>(queue_.take_late()));
}

} // namespace milter::reports
