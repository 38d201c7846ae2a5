#include "report/published_policy.h"

#include "dmarc/policy.h"
#include "report/text.h"

namespace report {

namespace {

// In the order of RFC 9989 4.7: what is not there follows from what is.
Policy published(const dmarc::Verdict& evaluation) {
    const dmarc::Record& record = *evaluation.record;
    Policy policy{.domain = *evaluation.policy_domain};
    policy.discovery = evaluation.discovery;
    policy.p = dmarc::select_policy(record, false, dmarc::Existence::exists).policy;
    policy.sp = dmarc::select_policy(record, true, dmarc::Existence::exists).policy;
    policy.np = dmarc::select_policy(record, true, dmarc::Existence::does_not_exist).policy;
    policy.adkim = record.adkim;
    policy.aspf = record.aspf;
    policy.testing = record.test;
    policy.fo = clean(record.fo, max_fo_octets);
    return policy;
}

std::string in_words(const std::vector<std::string>& diagnostics) {
    std::string words;
    for (const std::string& one : diagnostics) {
        words += words.empty() ? one : "; " + one;
    }
    return clean(words, max_error_octets);
}

std::vector<std::string> uris(const std::vector<dmarc::ReportUri>& list) {
    std::vector<std::string> uris;
    for (const dmarc::ReportUri& one : list) {
        if (uris.size() < max_uris && is_clean(one.uri, max_uri_octets)) {
            uris.push_back(one.uri);
        }
    }
    return uris;
}

} // namespace

Policy published_policy(const dmarc::Verdict& evaluation) {
    Policy policy = published(evaluation);
    policy.error = in_words(evaluation.record->diagnostics);
    policy.rua = uris(evaluation.record->rua);
    return policy;
}

} // namespace report
