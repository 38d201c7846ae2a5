// Runs an SPF test suite in the YAML format of the SPF council, as Debian's package python3-spf ships two of
// them.
//
//     conformance_spf rfc7208-tests.yml
//
// Exit status 0 when every case has a result that the suite accepts. No case is left out: where RFC 7208
// changed a rule of RFC 4408, the older suite accepts both results.
#include "conformance/spf/zone.h"
#include "spf/evaluate.h"
#include "support/program.h"
#include "support/world/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace {

using test::Zone;

struct Totals {
    std::size_t cases = 0;
    std::size_t passed = 0;
};

// "local@domain" at the last @, as the envelope has it; no @, and it is a domain.
spf::Request make_request(const YAML::Node& test) {
    const std::string sender = test["mailfrom"].Scalar();
    const auto at = sender.rfind('@');
    spf::Request request;
    request.client = base::IpAddress::parse(test["host"].Scalar()).value();
    request.helo = test["helo"].Scalar();
    request.identity = sender.empty() ? spf::Identity::helo : spf::Identity::mail_from;
    request.local_part = at == std::string::npos ? "" : sender.substr(0, at);
    request.domain = sender.empty() ? request.helo : at == std::string::npos ? sender : sender.substr(at + 1);
    request.receiver = test["receiver"] ? test["receiver"].Scalar() : "";
    return request;
}

spf::Verdict evaluate(const spf::Request& request, const Zone& zone, spf::LookAhead look_ahead) {
    const auto check = [&](const dns::Answers& known) {
        return spf::evaluate(request, known, {.look_ahead = look_ahead});
    };
    return test::resolve(check, zone, {.most_rounds = 200}).verdict;
}

bool is_accepted(const YAML::Node& accepted, spf::Result result) {
    if (accepted.IsScalar()) {
        return accepted.Scalar() == print(result);
    }
    return std::any_of(accepted.begin(), accepted.end(),
                       [&](const YAML::Node& one) { return one.Scalar() == print(result); });
}

// "DEFAULT" stands for the receiver's own words: for no explanation from the domain.
std::string expected_explanation(const YAML::Node& test) {
    const std::string text = test["explanation"].Scalar();
    return text == "DEFAULT" ? "" : text;
}

// What is wrong; empty when nothing is.
std::string judge(const YAML::Node& test, const spf::Verdict& verdict) {
    if (!is_accepted(test["result"], verdict.result)) {
        return fmt::format("result {} ({}), expected {}", print(verdict.result), verdict.problem,
                           YAML::Dump(test["result"]));
    }
    if (test["explanation"] && verdict.explanation != expected_explanation(test)) {
        return fmt::format("explanation \"{}\", expected \"{}\"", verdict.explanation,
                           expected_explanation(test));
    }
    return {};
}

std::string run_case(const YAML::Node& test, const Zone& zone) {
    const spf::Request request = make_request(test);
    const spf::Verdict verdict = evaluate(request, zone, spf::LookAhead::none);
    for (const auto look_ahead : {spf::LookAhead::records, spf::LookAhead::all}) {
        if (evaluate(request, zone, look_ahead) != verdict) {
            return "the verdict depends on the look-ahead";
        }
    }
    return judge(test, verdict);
}

void print_steps(const spf::Verdict& verdict) {
    for (const spf::Step& step : verdict.steps) {
        fmt::print("      {:{}}{} {} -> {}\n", "", step.depth * 2, step.domain, step.term, step.what);
    }
}

void run_scenario(const YAML::Node& scenario, Totals& totals) {
    const Zone zone = suite::read_zone(scenario["zonedata"]);
    for (const auto& entry : scenario["tests"]) {
        ++totals.cases;
        const std::string wrong = run_case(entry.second, zone);
        if (wrong.empty()) {
            ++totals.passed;
            continue;
        }
        fmt::print("FAILED {} in \"{}\": {}\n", entry.first.Scalar(), scenario["description"].Scalar(),
                   wrong);
        print_steps(evaluate(make_request(entry.second), zone, spf::LookAhead::none));
    }
}

int run(const char* path) {
    if (!std::ifstream(path)) {
        fmt::print("FAILED: no test suite at {}; it comes with Debian's package python3-spf\n", path);
        return 1;
    }
    Totals totals;
    for (const YAML::Node& scenario : YAML::LoadAllFromFile(path)) {
        run_scenario(scenario, totals);
    }
    fmt::print("{}: {} of {} cases as expected\n", path, totals.passed, totals.cases);
    return totals.cases > 0 && totals.passed == totals.cases ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: conformance_spf SUITE.yml\n");
        return 2;
    }
    return test::run_program([&] { return run(argv[1]); }, 2);
}
