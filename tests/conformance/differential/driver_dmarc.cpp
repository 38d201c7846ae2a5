#include "conformance/differential/driver.h"
#include "conformance/differential/zone.h"
#include "dmarc/evaluate.h"

#include <optional>
#include <stdexcept>

namespace differential {

namespace {

using nlohmann::json;

base::DomainName domain(const std::string& text) {
    auto name = base::DomainName::parse(text);
    if (!name) {
        throw std::runtime_error("not a domain name: " + text);
    }
    return std::move(*name);
}

json check_case(const json& test, const test::Zone& zone, const dmarc::PublicSuffixList* suffixes) {
    dmarc::Request request{domain(test.at("author")), {}, {}};
    if (test.contains("spf")) {
        request.spf = dmarc::Identifier{domain(test.at("spf"))};
    }
    for (const std::string name : test.at("dkim")) {
        request.dkim.push_back({domain(name)});
    }
    dmarc::Options options;
    options.extent = dmarc::Extent::full;
    options.discovery = suffixes != nullptr ? dmarc::Discovery::psl : dmarc::Discovery::tree_walk;
    options.public_suffixes = suffixes;
    const auto run = test::resolve(
        [&](const dns::Answers& known) { return dmarc::evaluate(request, known, options); }, zone);
    const dmarc::Verdict& verdict = run.verdict;
    return {{"result", dmarc::print(verdict.result)},
            {"policy_domain", verdict.policy_domain ? verdict.policy_domain->text() : ""},
            {"policy", verdict.policy ? dmarc::print(*verdict.policy) : ""},
            {"published", verdict.published_policy ? dmarc::print(*verdict.published_policy) : ""},
            {"tag", verdict.policy_tag},
            {"spf", dmarc::print(verdict.spf)},
            {"dkim", dmarc::print(verdict.dkim)},
            {"problem", verdict.problem},
            {"asked", names_of(run.asked)}};
}

} // namespace

json check_dmarc(const json& job) {
    const test::Zone zone = read_zone(job.at("zone"));
    std::optional<dmarc::PublicSuffixList> suffixes;
    if (job.contains("suffixes")) {
        suffixes = dmarc::PublicSuffixList::load(job.at("suffixes").get<std::string>()).value();
    }
    json results = json::array();
    for (const json& test : job.at("cases")) {
        results.push_back(check_case(test, zone, suffixes ? &*suffixes : nullptr));
    }
    return {{"results", results}};
}

} // namespace differential
