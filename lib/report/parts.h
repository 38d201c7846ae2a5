// A day that is too large for one report: it is cut into parts, so that no row is lost and no two periods
// overlap. Rows have no time of their own: a part has the rows that fit, and the share of the day that is its
// number's, not the one in which its messages came.
#pragma once

#include "report/identity.h"

#include <cstddef>

namespace report {

struct PartLimits {
    std::size_t records = 50000;
    std::size_t octets = std::size_t{10} * 1024 * 1024; // of XML, before it is compressed
    std::size_t parts = 1000;                           // all that is left belongs to the last one
};

// Counts parts over the rows of a report in their order; the same rows in the same order fall into the same
// parts each time.
class PartCounter {
  public:
    explicit PartCounter(PartLimits limits) : limits_(limits) {}

    // Of the next row, see most_octets(): the part that it belongs to, from 0.
    [[nodiscard]] std::size_t part_of(std::size_t octets);
    [[nodiscard]] std::size_t parts() const { return part_ + 1; }

  private:
    PartLimits limits_;
    std::size_t part_ = 0;
    std::size_t records_ = 0;
    std::size_t octets_ = 0;
};

// Of `parts` of about the same length, of which there are at least one and no more than seconds.
[[nodiscard]] Period period_of_part(Period whole, std::size_t part, std::size_t parts);

} // namespace report
