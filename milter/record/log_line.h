// The one line that the log gets for a finished message, as key=value pairs.
#pragma once

#include "milter/record/message_facts.h"

#include <string>

namespace milter::record {

// mode=verify why="external host 192.0.2.1" client=192.0.2.1 sender=ann@example.org from=ann@example.org
// spf=pass spf.mailfrom=example.org dkim=pass/example.org/s1 ...
[[nodiscard]] std::string log_line(const MessageFacts& facts);

} // namespace milter::record
