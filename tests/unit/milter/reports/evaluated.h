// Facts of messages that were evaluated.
#pragma once

#include "counted.h"
#include "milter/record/message_facts.h"

#include <string>
#include <utility>

namespace reports_test {

// A message that came in, and passed by SPF.
inline milter::record::MessageFacts facts(const std::string& client = "192.0.2.1") {
    milter::record::MessageFacts facts;
    facts.from_outside = true;
    facts.client = base::IpAddress::parse(client);
    facts.mail_from = "<ann@orchard.example>";
    facts.arrived = report::begin_of(some_day) + 5;
    authenticate::DmarcVerdict dmarc;
    dmarc.result = dmarc::Result::pass;
    dmarc.author_domain = name("orchard.example");
    dmarc.evaluation.emplace();
    dmarc.evaluation->policy_domain = name("orchard.example");
    dmarc.evaluation->both_pursued = true;
    dmarc.evaluation->record = dmarc::parse_record("v=DMARC1; p=none; rua=mailto:agg@orchard.example");
    facts.verdict.emplace();
    facts.verdict->dmarc = std::move(dmarc);
    return facts;
}

} // namespace reports_test
