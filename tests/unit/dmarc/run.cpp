#include "unit/dmarc/run.h"

#include <fmt/format.h>

#include <utility>

namespace dmarc_test {

namespace {

std::string text(const std::optional<base::DomainName>& name) {
    return name ? name->text() : "-";
}
std::string text(const std::optional<dmarc::Policy>& policy) {
    return policy ? std::string(dmarc::print(*policy)) : "-";
}

} // namespace

Run run(const Zone& zone, const dmarc::Request& request, const dmarc::Options& options, dns::Answers known) {
    return test::resolve(
        [&](const dns::Answers& so_far) { return dmarc::evaluate(request, so_far, options); }, zone,
        {.known = std::move(known), .most_rounds = 40});
}

std::string describe(const dmarc::Verdict& verdict) {
    std::string all = fmt::format(
        "result={} policy_domain={} org={} record={} tag={} published={} policy={} spf={} dkim={} by={} "
        "vetoed={} "
        "problem={}",
        dmarc::print(verdict.result), text(verdict.policy_domain), text(verdict.organizational_domain),
        verdict.record ? dmarc::print(*verdict.record) : "-", verdict.policy_tag,
        text(verdict.published_policy), text(verdict.policy), dmarc::print(verdict.spf),
        dmarc::print(verdict.dkim), text(verdict.aligned_by), verdict.vetoed, verdict.problem);
    for (const std::string& step : verdict.steps) {
        all += "\n  " + step;
    }
    return all;
}

} // namespace dmarc_test
