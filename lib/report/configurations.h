// The configurations of one policy domain that were seen on one day, as the reports that they become.
//
// RFC 9990 3.1: a report is about one configuration; of a policy that changed there may be a report for each.
// Whoever publishes a record decides how many there are, and each report is a mail: they have a bound.
#pragma once

#include "report/aggregate.h"

#include <cstddef>
#include <vector>

namespace report {

inline constexpr std::size_t max_configurations = 4; // of a policy domain and a day

// Of each report the places in `seen` whose rows it has, in their order; of the last of them are the policy
// that it shows and the addresses that it goes to. `seen` is in the order in which each was first seen. What
// differs in its addresses or errors alone is one configuration; what is one too many joins the last.
[[nodiscard]] std::vector<std::vector<std::size_t>> group_configurations(const std::vector<Policy>& seen);

} // namespace report
