// What was done with a message, as a report has it (RFC 9990 3.1.1.9): aligned results, disposition, reason.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/verdict.h"
#include "report/aggregate.h"

namespace report {

// Fills in those of the row. Whoever publishes a record reads this, spammers too: a reason says of what kind
// it is and nothing of our rules.
void judge(Row& row, const authenticate::DmarcVerdict& dmarc, const authenticate::Disposition& disposition);

} // namespace report
