// Mail that DMARC was evaluated for over a zone, as the daemon does where reports are on.
#pragma once

#include "authenticate/dmarc.h"
#include "authenticate/options.h"
#include "support/world/resolve.h"
#include "unit/report/values.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace report_test {

inline dkim::Verdict signature_of(const char* domain, dkim::Cause cause, const char* selector = "s1") {
    dkim::Verdict verdict;
    verdict.domain = domain;
    verdict.selector = selector;
    verdict.result = dkim::result_of(cause);
    verdict.reason = dkim::reason_of(cause);
    verdict.cause = cause;
    return verdict;
}

struct Mail {
    test::Lines zone{};
    std::string author = "press.orchard.example";
    std::string mail_from = "bulk.example";
    spf::Result spf = spf::Result::softfail;
    std::vector<dkim::Verdict> signatures{};
    dmarc::Extent extent = dmarc::Extent::report;
    const dmarc::PublicSuffixList* list = nullptr;
};

inline authenticate::Verdict judged(const Mail& mail) {
    authenticate::Verdict verdict;
    verdict.author.state = message::Author::State::one;
    verdict.author.domains = {name(mail.author)};
    verdict.author.mailboxes = {{"ann", mail.author}};
    verdict.sender.mail_from = spf::Verdict();
    verdict.sender.mail_from->result = mail.spf;
    verdict.sender.mail_from->domain = mail.mail_from;
    verdict.dkim_checked = true;
    verdict.dkim = mail.signatures;
    authenticate::Options options;
    options.dmarc_options.extent = mail.extent;
    options.dmarc_options.public_suffixes = mail.list;
    const test::Zone zone(mail.zone);
    const auto evaluate = [&](const dns::Answers& known) {
        return authenticate::check_dmarc(verdict.author, verdict.sender, verdict.dkim, known, options);
    };
    verdict.dmarc = test::resolve(evaluate, zone).verdict;
    return verdict;
}

// The record that speaks for all of orchard.example.
inline test::Lines record_of_orchard(std::string_view record) {
    return {{"TXT _dmarc.orchard.example", std::string(record)}};
}

} // namespace report_test
