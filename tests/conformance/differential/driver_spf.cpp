#include "conformance/differential/driver.h"
#include "conformance/differential/zone.h"
#include "spf/evaluate.h"

namespace differential {

namespace {

using nlohmann::json;

spf::Request make_request(const json& test) {
    const std::string sender = test.at("mailfrom");
    const auto at = sender.rfind('@');
    spf::Request request;
    request.client = base::IpAddress::parse(test.at("ip").get<std::string>()).value();
    request.helo = test.at("helo");
    request.identity = sender.empty() ? spf::Identity::helo : spf::Identity::mail_from;
    request.local_part = at == std::string::npos ? "" : sender.substr(0, at);
    request.domain = sender.empty() ? request.helo : at == std::string::npos ? sender : sender.substr(at + 1);
    request.receiver = "mx.receiver.example";
    request.now = 1700000000;
    return request;
}

spf::Options make_options(const json& test) {
    spf::Options options{.look_ahead = spf::LookAhead::none};
    options.limits.void_lookups = test.value("void_lookups", options.limits.void_lookups);
    options.limits.terms = test.value("terms", options.limits.terms);
    return options;
}

json check_case(const json& test, const test::Zone& zone) {
    const spf::Request request = make_request(test);
    const spf::Options options = make_options(test);
    const auto run =
        test::resolve([&](const dns::Answers& known) { return spf::evaluate(request, known, options); }, zone,
                      {.most_rounds = 300});
    const spf::Verdict& verdict = run.verdict;
    return {{"result", spf::print(verdict.result)},
            {"explanation", verdict.explanation},
            {"mechanism", verdict.mechanism},
            {"problem", verdict.problem},
            {"terms", verdict.terms},
            {"void_lookups", verdict.void_lookups},
            {"asked", names_of(run.asked)}};
}

} // namespace

json check_spf(const json& job) {
    const test::Zone zone = read_zone(job.at("zone"));
    json results = json::array();
    for (const json& test : job.at("cases")) {
        results.push_back(check_case(test, zone));
    }
    return {{"results", results}};
}

} // namespace differential
