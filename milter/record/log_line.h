// The one line that the log gets for a finished message, as key=value pairs.
#pragma once

#include "authenticate/disposition.h"
#include "milter/record/message_facts.h"

#include <string>

namespace milter::record {

// mode=verify why="external host 192.0.2.1" client=192.0.2.1 sender=ann@example.org from=ann@example.org
// spf=pass spf.mailfrom=example.org dkim=pass/example.org/s1 ...
[[nodiscard]] std::string log_line(const MessageFacts& facts);

// " setting=policy.spf_fail would=reject milder="through a relay" exception=friends": what decided, and why
// less was done than the setting says. `setting` is the finding's with its path.
[[nodiscard]] std::string finding_words(const authenticate::Finding& finding, const std::string& setting);

// Where a finding's setting stands outside of the profiles: "policy.spf_fail", "author.missing".
[[nodiscard]] std::string setting_path(const std::string& setting);

} // namespace milter::record
