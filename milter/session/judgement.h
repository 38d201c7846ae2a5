// What becomes of an incoming message: which policy it is judged by, and what that says.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/profile.h"
#include "milter/runtime/dns_patience.h"
#include "milter/runtime/runtime.h"

#include <string>

namespace milter::session {

struct Judgement {
    authenticate::Disposition disposition;
    std::string profile; // that it was judged by; "default": none of the profiles
    // It was put off for want of a DNS answer for long enough: what is wrong with it is said, nothing more.
    bool patience_over = false;
};

// How a message came in, beside what its verdict says.
struct Arrival {
    std::string daemon_name;
    std::string daemon_port;
    authenticate::Circumstances circumstances;
};

[[nodiscard]] authenticate::ProfileFacts profile_facts(const Arrival& arrival,
                                                       const authenticate::Verdict& verdict);

// Whether the signs of a list or a forwarder can change what becomes of mail under any policy.
[[nodiscard]] bool needs_signs(const runtime::Policies& policies);

[[nodiscard]] Judgement judge(const authenticate::Verdict& verdict, const Arrival& arrival,
                              const runtime::Runtime& runtime, runtime::DnsPatience& patience);

} // namespace milter::session
