// MAIL FROM as a relay rewrites it, so that bounces come back through it (Sender Rewriting Scheme):
//
//     SRS0=HASH=TIME=example.org=ann@relay.example.net    was ann@example.org
//     SRS1=HASH=forwarder.example==HASH=TIME=...          was rewritten before
//
// The hash is the relay's secret, so that a sender could have written such an address himself. It names its
// domain all the same: whoever writes another's there has to pass for that one.
#pragma once

#include "authenticate/border.h"

#include <optional>
#include <string>

namespace authenticate {

struct OriginalSender {
    std::string path;    // as in MAIL FROM
    std::string problem; // why there is none
};

// Nothing if `mail_from` does not look as if a relay had rewritten it.
[[nodiscard]] std::optional<OriginalSender> original_sender(const std::string& mail_from,
                                                            const RelayRules& rules);

} // namespace authenticate
