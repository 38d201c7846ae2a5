// Puts into the store what the collector counted, and tells when that does not work. Used by one thread.
#pragma once

#include "base/result.h"
#include "base/unix_time.h"
#include "config/report_settings.h"
#include "milter/log/logger.h"
#include "milter/record/counters.h"
#include "milter/reports/clock_trust.h"
#include "milter/reports/collector.h"
#include "milter/reports/database.h"
#include "milter/reports/failure_flush.h"
#include "milter/reports/flush.h"
#include "milter/reports/organization_days.h"
#include "milter/reports/trouble_log.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::reports {

class Flusher {
  public:
    using Make =
        std::function<base::Result<std::unique_ptr<Database>, std::string>(const config::Reports& settings)>;

    // `instance`: a name that no other process has; `host`: what this one is called.
    Flusher(Collector& collector, FailureCollector& failures, log::Logger& logger, record::Counters& counters,
            Make make, std::string instance, std::string host);

    // Writes what there is, or keeps it for the next time. Old days go now and then, also where nothing is
    // counted any more. To be called every hour at least.
    void flush(const config::Reports& settings, base::UnixTime now);

    // At the end: what is not in the store is lost, and a line tells how much that is.
    void give_up();

    // Whether something waits for the store.
    [[nodiscard]] bool has_batch() const { return batch_ || failures_.has_batch(); }

  private:
    [[nodiscard]] Stored<void> write(const config::Reports& settings, base::UnixTime now);
    [[nodiscard]] Stored<void> write_batch(const config::Reports& settings, base::UnixTime now);
    [[nodiscard]] Stored<void> write_piece(const config::Reports& settings, base::UnixTime now);
    [[nodiscard]] Stored<void> open(const config::Reports& settings);
    [[nodiscard]] Stored<void> keep_house(const config::Reports& settings, base::UnixTime now);
    [[nodiscard]] Stored<report::Day> believed_day(base::UnixTime now);
    void begin_batch(const config::Reports& settings, base::UnixTime now);
    void next_piece();
    void note_losses();
    void note_outcome(const Stored<void>& outcome);

    Collector& collector_;
    FailureFlush failures_;
    log::Logger& logger_;
    record::Counters& counters_;
    Make make_;
    Origin origin_;
    std::unique_ptr<Database> database_;
    config::Reports opened_with_;
    std::optional<Pending> batch_;               // that was tried, perhaps
    std::vector<Pending> behind_;                // what comes after it, the last first
    std::int64_t less_detail_ = 0, dropped_ = 0; // that the store was not told yet
    TroubleLog trouble_;
    bool full_ = false;
    std::optional<base::UnixTime> house_kept_;
    OrganizationDays organizations_; // of the store
    ClockTrust clock_;
    std::optional<report::Day> doubted_; // today's, as long as the clock is not believed
};

} // namespace milter::reports
