// The text of the exp modifier (RFC 7208 6.2). Internal to lib/spf.
#pragma once

#include "spf/run.h"

namespace spf {

// The explanation of a fail; empty if there is none, or if anything is wrong with it.
[[nodiscard]] Awaited<std::string> explanation(Run& run);

} // namespace spf
