#include "report/parts.h"

#include <algorithm>

namespace report {

std::size_t PartCounter::part_of(std::size_t octets) {
    const bool full = records_ >= limits_.records || octets_ + octets > limits_.octets;
    if (full && records_ > 0 && part_ + 1 < limits_.parts) {
        ++part_;
        records_ = 0;
        octets_ = 0;
    }
    ++records_;
    octets_ += octets;
    return part_;
}

Period period_of_part(Period whole, std::size_t part, std::size_t parts) {
    const base::UnixTime seconds = std::max<base::UnixTime>(whole.end - whole.begin + 1, 1);
    parts = std::clamp<std::size_t>(parts, 1, static_cast<std::size_t>(seconds));
    part = std::min(part, parts - 1);
    const auto edge = [&](std::size_t index) {
        return whole.begin +
               static_cast<base::UnixTime>(index) * seconds / static_cast<base::UnixTime>(parts);
    };
    return {edge(part), edge(part + 1) - 1};
}

} // namespace report
