// A verdict in the words of RFC 8601.
#pragma once

#include "authenticate/verdict.h"
#include "authres/result.h"

#include <vector>

namespace authenticate {

struct Shown {
    bool every_helo = false; // the result for HELO beside that for MAIL FROM, also where it is no fail
};

// In the order iprev, spf, dkim (one per signature, or "none"), dmarc.
[[nodiscard]] std::vector<authres::MethodResult> results(const Verdict& verdict, Shown shown = {});

} // namespace authenticate
