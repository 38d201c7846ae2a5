#include "milter/reports/failure_flush.h"

namespace milter::reports {

void FailureFlush::gather() {
    batch_.add(collector_.take());
    collector_.hold(batch_.bytes());
}

std::int64_t FailureFlush::give_up() {
    gather();
    const auto lost = static_cast<std::int64_t>(batch_.reports.size());
    batch_ = {};
    collector_.hold(0);
    return lost;
}

Stored<void> FailureFlush::write(Database& database, const FailureOrigin& origin, bool is_full) {
    if (batch_.empty()) {
        return {};
    }
    if (is_full) {
        batch_.dropped += static_cast<std::int64_t>(batch_.reports.size());
        batch_.reports.clear();
        batch_.incidents.clear();
    }
    auto done = store_failures(database, batch_, origin);
    if (done) {
        batch_ = {};
        collector_.hold(0);
    }
    return done;
}

} // namespace milter::reports
