// Brings what the queue holds to the file that opendmarc-import reads, and tells when that does not work.
// Used by one thread.
#pragma once

#include "config/report_settings.h"
#include "milter/log/logger.h"
#include "milter/record/counters.h"
#include "milter/reports/history_queue.h"
#include "milter/reports/trouble_log.h"

#include <string>

namespace milter::reports {

class HistoryWriter {
  public:
    HistoryWriter(HistoryQueue& queue, log::Logger& logger, record::Counters& counters);

    // Writes what there is, or keeps it for the next time. What came before the setting was taken out still
    // goes to its file.
    void flush(const config::Reports& settings);
    // At the end: what is not in the file is lost, and a line tells how much that is.
    void give_up();

    // Whether something waits for the file.
    [[nodiscard]] bool has_batch() const { return !batch_.empty(); }

  private:
    void note_losses();

    HistoryQueue& queue_;
    log::Logger& logger_;
    record::Counters& counters_;
    TroubleLog trouble_;
    std::string path_;  // the last one that was set
    std::string batch_; // whole records
};

} // namespace milter::reports
