// What policyd-spf would do with a message, by its switches: a verdict and rules in, an outcome out.
#pragma once

#include "authenticate/action.h"
#include "authenticate/disposition.h"
#include "authenticate/policyd_rules.h"
#include "authenticate/sender.h"

#include <optional>
#include <string>
#include <vector>

namespace authenticate {

struct PolicydRequest {
    const SenderVerdict& sender;
    const Envelope& envelope;
    // All of the message, as given; at RCPT the one that is to be answered. Empty: not all are known.
    const std::vector<std::string>& recipients;
    bool relayed = false; // through a relay of our own, which would have to bounce what we refuse
};

struct PolicydOutcome {
    Ground ground = Ground::spf;    // or helo
    std::string reason;             // "spf-fail", "helo-permerror"; empty: nothing speaks against the message
    std::string setting;            // that asks for an action: "spf.policyd.Mail_From_reject"
    Action asked = Action::accept;  // accept, tempfail or reject
    Action taken = Action::accept;  // the same, or milder
    bool dry_run = false;           // TestOnly is why
    std::string why_milder;         // or this, in plain words
    std::optional<SmtpReply> reply; // where `taken` is tempfail or reject
};

// The lists are looked at first, then HELO, then MAIL FROM; the first one that is refused decides. For a null
// sender HELO stands for both.
[[nodiscard]] PolicydOutcome policyd(const PolicydRequest& request, const PolicydRules& rules);

// One more finding; the harder action of the two counts.
void join(const PolicydOutcome& outcome, Disposition& disposition);

} // namespace authenticate
