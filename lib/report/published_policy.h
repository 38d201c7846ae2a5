// The policy as an evaluation found it published, for a report.
#pragma once

#include "dmarc/evaluate.h"
#include "report/aggregate.h"

namespace report {

// Of an evaluation with a record.
[[nodiscard]] Policy published_policy(const dmarc::Verdict& evaluation);

} // namespace report
