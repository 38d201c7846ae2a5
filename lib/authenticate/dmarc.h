// DMARC of a whole message: which domains are evaluated, and which of several evaluations decides.
#pragma once

#include "authenticate/verdict.h"

namespace authenticate {

using DmarcOutcome = dns::Outcome<DmarcVerdict>;

// From the author, the SPF verdict for MAIL FROM and the DKIM verdicts.
[[nodiscard]] DmarcOutcome check_dmarc(const message::Author& author, const SenderVerdict& sender,
                                       const std::vector<dkim::Verdict>& signatures,
                                       const dns::Answers& known, const Options& options);

} // namespace authenticate
