// Messages that fail, for failure reports.
#pragma once

#include "report/failure.h"
#include "unit/report/values.h"

#include <string_view>

namespace report_test {

// Mail of press.orchard.example, judged by that record; neither SPF nor DKIM is aligned.
inline authenticate::Verdict failed_mail(std::string_view record) {
    dmarc::Verdict evaluation;
    evaluation.result = dmarc::Result::fail;
    evaluation.policy_domain = name("orchard.example");
    evaluation.organizational_domain = name("orchard.example");
    evaluation.record = dmarc::parse_record(record);
    evaluation.spf = dmarc::Alignment::no;
    evaluation.dkim = dmarc::Alignment::no;
    authenticate::Verdict verdict;
    verdict.dmarc = authenticate::DmarcVerdict{.result = dmarc::Result::fail,
                                               .author_domain = name("press.orchard.example"),
                                               .evaluation = evaluation,
                                               .problem = {}};
    verdict.author.mailboxes = {{"ann", "press.orchard.example"}};
    spf::Verdict spf;
    spf.result = spf::Result::softfail;
    spf.domain = "bulk.example";
    verdict.sender.mail_from = spf;
    return verdict;
}

inline dkim::Verdict signature_of(const char* domain, dkim::Cause cause) {
    dkim::Verdict verdict;
    verdict.domain = domain;
    verdict.selector = "s1";
    verdict.result = dkim::result_of(cause);
    verdict.reason = dkim::reason_of(cause);
    verdict.cause = cause;
    return verdict;
}

} // namespace report_test
