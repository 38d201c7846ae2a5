// What becomes of an incoming message: which policy it is judged by, and what that says.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/policyd.h"
#include "authenticate/profile.h"
#include "milter/runtime/dns_patience.h"
#include "milter/runtime/runtime.h"

#include <optional>
#include <string>
#include <vector>

namespace milter::session {

struct Judgement {
    authenticate::Disposition disposition;
    std::string profile; // that it was judged by; "default": none of the profiles
    std::string setting; // of the first finding, with its path: "policy.profiles.partners.spf_fail"
    std::string
        would_setting; // the same, of the finding that a dry run keeps from deciding; empty: none does
    // It was put off for want of a DNS answer for long enough: what is wrong with it is said, nothing more.
    bool patience_over = false;
};

// How a message came in, beside what its verdict says.
struct Arrival {
    std::string daemon_name;
    std::string daemon_port;
    authenticate::Envelope envelope;           // that was checked: behind a relay, its client's
    authenticate::Circumstances circumstances; // what the envelope says of them is filled in by arrive()
    bool recipients_answered = false;          // for policyd-spf's switches, before the message came
    bool more_recipients = false;              // than are kept, so that none of them is in `circumstances`
};

// Fills in what the envelope and the verdict say of the circumstances.
[[nodiscard]] Arrival arrive(Arrival arrival, const authenticate::Verdict& verdict);

// What one of the policies says, with policyd-spf's switches unless the recipients heard of them.
[[nodiscard]] authenticate::Disposition judge_by(const authenticate::Policy& policy,
                                                 const authenticate::Verdict& verdict, const Arrival& arrival,
                                                 const runtime::Policies& policies,
                                                 const std::optional<authenticate::PolicydRules>& policyd);

// Of all that may judge it the one that does most with it is the one that counts.
[[nodiscard]] std::vector<const authenticate::Policy*>
policies_for(const authenticate::Verdict& verdict, const Arrival& arrival, const runtime::Policies& policies);

// Whether the signs of a list or a forwarder can change what becomes of mail under any policy.
[[nodiscard]] bool needs_signs(const runtime::Policies& policies);

[[nodiscard]] Judgement judge(const authenticate::Verdict& verdict, const Arrival& arrival,
                              const runtime::Runtime& runtime, runtime::DnsPatience& patience);

} // namespace milter::session
