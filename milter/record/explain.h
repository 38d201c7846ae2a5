// Verdicts in words, for a terminal. What came from a message or the DNS is escaped; no line can be forged.
#pragma once

#include "authenticate/verdict.h"

#include <iosfwd>

namespace milter::record {

void explain(std::ostream& out, const spf::Verdict& verdict);
void explain(std::ostream& out, const authenticate::SenderVerdict& sender);
void explain(std::ostream& out, const authenticate::Verdict& verdict);

// True when a DNS failure left a result open, so that trying later may say more.
[[nodiscard]] bool is_temporary(const authenticate::SenderVerdict& sender);
[[nodiscard]] bool is_temporary(const authenticate::Verdict& verdict);

} // namespace milter::record
