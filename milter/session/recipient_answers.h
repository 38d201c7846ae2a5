// What policyd-spf's switches say to one recipient, before the message is sent.
#pragma once

#include "authenticate/policyd.h"
#include "base/unix_time.h"
#include "milter/runtime/policies.h"
#include "milter/session/actions.h"

#include <string>
#include <string_view>

namespace milter::session {

struct Recipient {
    std::string_view path;     // as the client gave it
    std::string handed_over{}; // as in authenticate::Circumstances
};

// By the default policy: who the author is, which may choose another one, is not known yet. Of the exceptions
// those count that ask for nothing of the message.
[[nodiscard]] authenticate::PolicydOutcome
judge_recipient(const Recipient& recipient, const authenticate::SenderVerdict& sender,
                const authenticate::Envelope& envelope, const runtime::Policies& policies,
                const authenticate::PolicydRules& rules, base::UnixTime now);

[[nodiscard]] Actions answer_for(const authenticate::PolicydOutcome& outcome);

// A line of the log, where anything speaks against the message.
[[nodiscard]] std::string recipient_line(std::string_view path, const authenticate::Envelope& envelope,
                                         const authenticate::PolicydOutcome& outcome);

} // namespace milter::session
