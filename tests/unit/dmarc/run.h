// The evaluation of DMARC over a zone.
#pragma once

#include "dmarc/evaluate.h"
#include "support/world/resolve.h"

#include <string>

namespace dmarc_test {

using test::Zone;
using Run = test::Resolved<dmarc::Verdict>;

// Begins with what is `known`.
[[nodiscard]] Run run(const Zone& zone, const dmarc::Request& request, const dmarc::Options& options,
                      dns::Answers known = {});

// Everything a verdict holds, as text: equal verdicts have equal texts.
[[nodiscard]] std::string describe(const dmarc::Verdict& verdict);

} // namespace dmarc_test
