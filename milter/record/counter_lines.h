// The lines of the log that say what was counted. Pure: counts and time come in as values.
#pragma once

#include "milter/record/counters.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace milter::record {

class CounterLines {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit CounterLines(Time start) : start_(start), last_(start) {}

    // When `every` will have passed since the last call of since_last(). Never where it is zero.
    [[nodiscard]] std::optional<Time> due(std::chrono::seconds every) const {
        return every.count() > 0 ? std::optional(last_ + every) : std::nullopt;
    }

    // What was counted since the last call: "seconds=3600 spf.pass=7". Empty where nothing was.
    [[nodiscard]] std::string since_last(std::vector<Count> counts, Time now);

    // All since the start.
    [[nodiscard]] std::string totals(const std::vector<Count>& counts, Time now) const;

  private:
    Time start_;
    Time last_;
    std::vector<Count> told_; // at last_; empty: nothing
};

} // namespace milter::record
