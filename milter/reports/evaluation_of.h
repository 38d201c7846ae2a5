// What a message that came in adds to reports.
#pragma once

#include "milter/record/message_facts.h"
#include "report/evaluation.h"

#include <optional>

namespace milter::reports {

// Nothing: not from others, not checked, without a DMARC record, or put off.
[[nodiscard]] inline std::optional<report::Evaluation> evaluation_of(const record::MessageFacts& facts) {
    if (!facts.from_outside || !facts.verdict) {
        return std::nullopt;
    }
    return report::evaluate(*facts.verdict, facts.disposition,
                            {.client = facts.client,
                             .mail_from = facts.mail_from,
                             .recipients = facts.recipients,
                             .kind = facts.mail_kind,
                             .at = facts.arrived});
}

} // namespace milter::reports
