// The SMTP reply of a refusal: which code and which text, by what it is refused for (RFC 7372 3, RFC
// 9989 7.2).
#pragma once

#include "authenticate/disposition.h"

#include <vector>

namespace authenticate {

// What a client is told that is refused by `action`, tempfail or reject, for these findings: one or more, the
// one that decided first.
[[nodiscard]] SmtpReply refusal(Action action, const std::vector<Finding>& findings, const Verdict& verdict,
                                const Circumstances& circumstances, const Policy& policy);

// The same of one's own mail, where the author alone can be a reason.
[[nodiscard]] SmtpReply author_refusal(Action action, message::Author::State state);

} // namespace authenticate
