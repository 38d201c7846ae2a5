// Counts messages for reports, or keeps them for opendmarc-import, if the settings say so, and brings them to
// the store and the file: every now and then, and at the end.
#pragma once

#include "milter/reports/collector.h"
#include "milter/reports/end_time.h"
#include "milter/reports/failure_collector.h"
#include "milter/reports/flusher.h"
#include "milter/reports/history_queue.h"
#include "milter/reports/history_writer.h"
#include "milter/runtime/service.h"
#include "milter/threads/wakeup.h"

#include <string>
#include <thread>

namespace milter::daemon {

class ReportKeeper {
  public:
    // `service` must outlive the object, and no message come before or after it.
    explicit ReportKeeper(runtime::Service& service);
    ~ReportKeeper() { stop(); }
    ReportKeeper(const ReportKeeper&) = delete;
    ReportKeeper& operator=(const ReportKeeper&) = delete;

    // What was counted is in the store and in the file then, unless that fails. What comes later is lost, but
    // does no harm.
    void stop();

  private:
    void run(const std::stop_token& stop);
    void flush(const config::Reports& settings);
    void configure(const config::Reports& settings);

    runtime::Service& service_;
    threads::Wakeup wakeup_;
    reports::Collector collector_;
    reports::FailureCollector failures_;
    reports::EndTime end_;
    reports::Flusher flusher_;
    reports::HistoryQueue queue_;
    reports::HistoryWriter history_;
    runtime::ChangeBell bell_;
    std::string failure_problem_; // a line has told of it
    std::jthread thread_;         // last: it uses all of the above
};

} // namespace milter::daemon
