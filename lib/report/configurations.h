// What of a policy makes it another configuration.
//
// RFC 9990 3.1: a report is about one configuration; of a policy that changed there may be a report for each.
// Whoever publishes a record decides how many there are, and each report is a mail: they have a bound.
#pragma once

#include "report/aggregate.h"

#include <cstddef>

namespace report {

// Of a policy domain and a day. What is one too many counts for the last one.
inline constexpr std::size_t max_configurations = 4;

// The same for policies that differ in their addresses or errors alone. The report goes where the policy that
// was seen last says.
[[nodiscard]] Key configuration_key(Policy policy);

} // namespace report
