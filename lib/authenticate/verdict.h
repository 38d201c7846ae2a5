// All that was found out about one inbound message.
#pragma once

#include "authenticate/sender.h"
#include "dkim/evaluate.h"
#include "dmarc/evaluate.h"
#include "message/from.h"

#include <optional>
#include <string>
#include <vector>

namespace authenticate {

// DMARC of a message: the evaluation of its author domain, or why there was none.
struct DmarcVerdict {
    dmarc::Result result = dmarc::Result::none;
    std::optional<base::DomainName> author_domain; // whose evaluation decided
    std::optional<dmarc::Verdict> evaluation;      // absent when From gave no domain to evaluate
    std::string problem;                           // in plain words, when result is permerror or temperror
    // Of several author domains one whose evaluation ended so, where that of another decided.
    std::optional<base::DomainName> temperror_of{};
    std::optional<base::DomainName> permerror_of{};
};

struct Verdict {
    std::optional<Passage> relay; // of mail that came through relays of ours
    SenderVerdict sender;
    bool dkim_checked = false;       // an empty list below then means: the message is not signed
    std::vector<dkim::Verdict> dkim; // one per DKIM-Signature field, top to bottom
    message::Author author;
    bool stray_line_breaks = false; // in the header, see message/line_breaks.h
    std::optional<DmarcVerdict> dmarc;
};

} // namespace authenticate
