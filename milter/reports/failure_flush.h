// Failure reports on their way from memory to the store. Used by one thread.
#pragma once

#include "milter/record/counters.h"
#include "milter/reports/failure_collector.h"
#include "milter/reports/failure_store.h"

#include <cstdint>
#include <string>

namespace milter::reports {

class FailureFlush {
  public:
    FailureFlush(FailureCollector& collector, record::Counters& counters)
        : collector_(collector), counters_(counters) {}

    // What there is now, with what could not be written before.
    void gather();
    [[nodiscard]] bool has_batch() const { return !batch_.empty(); }
    // At the end: how many reports are lost.
    [[nodiscard]] std::int64_t give_up();
    // `is_full`: the store has no room, and the reports are dropped.
    [[nodiscard]] Stored<void> write(Database& database, const FailureOrigin& origin, bool is_full);

  private:
    void count(record::FailuresReported what, std::int64_t number);

    FailureCollector& collector_;
    record::Counters& counters_;
    FailureBatch batch_;
};

} // namespace milter::reports
