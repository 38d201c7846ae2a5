// What policyd-spf would do with a message, by its switches: a verdict and rules in, an outcome out.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/policyd_rules.h"
#include "authenticate/sender.h"
#include "authenticate/softening.h"

#include <optional>
#include <string>
#include <vector>

namespace authenticate {

struct PolicydRequest {
    const SenderVerdict& sender;
    const Envelope& envelope;
    // All of the message, as given; at RCPT the one that is to be answered. Empty: not all are known.
    const std::vector<std::string>& recipients;
    const Softening& softening; // what holds for policy holds here
};

struct PolicydOutcome {
    Finding finding;                // without a reason: nothing speaks against the message
    std::optional<SmtpReply> reply; // where `taken` is tempfail or reject
};

// The lists are looked at first, then HELO, then MAIL FROM; the first one that is refused decides. For a null
// sender HELO stands for both.
[[nodiscard]] PolicydOutcome policyd(const PolicydRequest& request, const PolicydRules& rules);

// One more finding; the harder action of the two counts. A message that is marked gets the policy's field.
void join(const PolicydOutcome& outcome, const Policy& policy, Disposition& disposition);

} // namespace authenticate
