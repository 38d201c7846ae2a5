// A verdict in the words of RFC 8601.
#pragma once

#include "authenticate/verdict.h"
#include "authres/result.h"

#include <vector>

namespace authenticate {

// In the order iprev, spf, dkim (one per signature, or "none"), dmarc.
[[nodiscard]] std::vector<authres::MethodResult> results(const Verdict& verdict);

} // namespace authenticate
