#include "milter/reports/failure_flush.h"

#include <utility>

namespace milter::reports {

using record::FailuresReported;

void FailureFlush::gather() {
    auto batch = collector_.take();
    count(FailuresReported::limited, batch.limited);
    count(FailuresReported::dropped, batch.dropped);
    batch_.add(std::move(batch));
    collector_.hold(batch_.bytes());
}

void FailureFlush::count(record::FailuresReported what, std::int64_t number) {
    counters_.add(record::Family::failure_reports, static_cast<std::size_t>(what),
                  static_cast<std::uint64_t>(number));
}

std::int64_t FailureFlush::give_up() {
    gather();
    const auto lost = static_cast<std::int64_t>(batch_.reports.size());
    count(FailuresReported::dropped, lost);
    batch_ = {};
    collector_.hold(0);
    return lost;
}

Stored<void> FailureFlush::write(Database& database, const FailureOrigin& origin, bool is_full) {
    if (batch_.empty()) {
        return {};
    }
    if (is_full) {
        count(FailuresReported::dropped, static_cast<std::int64_t>(batch_.reports.size()));
        batch_.dropped += static_cast<std::int64_t>(batch_.reports.size());
        batch_.reports.clear();
        batch_.incidents.clear();
    }
    auto done = store_failures(database, batch_, origin);
    if (done) {
        count(FailuresReported::stored, static_cast<std::int64_t>(batch_.reports.size()));
        batch_ = {};
        collector_.hold(0);
    }
    return done;
}

} // namespace milter::reports
