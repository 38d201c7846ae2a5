#include "milter/record/counter_lines.h"

#include <fmt/format.h>

#include <utility>

namespace milter::record {

namespace {

// Those that differ. `before` has the same ones in the same order, or none.
std::string words(const std::vector<Count>& counts, const std::vector<Count>& before) {
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto more = counts[i].value - (before.empty() ? 0 : before[i].value);
        if (more > 0) {
            text += fmt::format(" {}={}", counts[i].name, more);
        }
    }
    return text;
}

std::string line(CounterLines::Time from, CounterLines::Time to, const std::string& counted) {
    return fmt::format("seconds={}{}", std::chrono::duration_cast<std::chrono::seconds>(to - from).count(),
                       counted);
}

} // namespace

std::string CounterLines::since_last(std::vector<Count> counts, Time now) {
    const auto counted = words(counts, told_);
    auto text = counted.empty() ? std::string() : line(last_, now, counted);
    last_ = now;
    told_ = std::move(counts);
    return text;
}

std::string CounterLines::totals(const std::vector<Count>& counts, Time now) const {
    return line(start_, now, words(counts, {}));
}

} // namespace milter::record
