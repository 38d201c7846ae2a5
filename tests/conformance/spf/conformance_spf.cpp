// Runs an SPF test suite in the YAML format of the SPF council, as Debian's package python3-spf ships two of
// them.
//
//     conformance_spf rfc7208-tests.yml [exclusions.yml]
//
// Exit status 0 when every case that is not excluded has an accepted result, and every exclusion is needed.
#include "conformance/spf/zone.h"
#include "spf/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <optional>

namespace {

using suite::Zone;

struct Exclusion {
    std::string section;
    std::string reason;
    bool used = false;
};

using Exclusions = std::map<std::string, Exclusion>;

struct Totals {
    std::size_t cases = 0;
    std::size_t passed = 0;
    std::size_t excluded = 0;
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

// Ask and resume until there is a verdict. No evaluation needs more rounds than it may ask questions.
spf::Verdict evaluate(const spf::Request& request, const Zone& zone, spf::LookAhead look_ahead) {
    constexpr int most_rounds = 200;
    dns::Answers known;
    for (int round = 0; round < most_rounds; ++round) {
        auto outcome = spf::check_host(request, known, {}, look_ahead);
        if (auto* verdict = std::get_if<spf::Verdict>(&outcome)) {
            return std::move(*verdict);
        }
        for (const dns::Question& question : std::get<dns::Questions>(outcome)) {
            known.insert(question, zone.answer(question));
        }
    }
    throw std::runtime_error("the evaluation does not end");
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

void run_scenario(const YAML::Node& scenario, Exclusions& exclusions, Totals& totals) {
    const Zone zone(scenario["zonedata"]);
    for (const auto& entry : scenario["tests"]) {
        const std::string name = entry.first.Scalar();
        ++totals.cases;
        const std::string wrong = run_case(entry.second, zone);
        const auto exclusion = exclusions.find(name);
        if (exclusion != exclusions.end()) {
            exclusion->second.used = !wrong.empty();
            ++totals.excluded;
            fmt::print("excluded {} (RFC 7208 {}): {}\n", name, exclusion->second.section,
                       exclusion->second.reason);
        } else if (wrong.empty()) {
            ++totals.passed;
        } else {
            fmt::print("FAILED {} in \"{}\": {}\n", name, scenario["description"].Scalar(), wrong);
            print_steps(evaluate(make_request(entry.second), zone, spf::LookAhead::none));
        }
    }
}

Exclusions load_exclusions(const char* path) {
    Exclusions exclusions;
    for (const auto& entry : YAML::LoadFile(path)) {
        exclusions[entry.first.Scalar()] = {entry.second["section"].Scalar(),
                                            entry.second["reason"].Scalar()};
    }
    return exclusions;
}

bool all_needed(const Exclusions& exclusions) {
    bool needed = true;
    for (const auto& [name, exclusion] : exclusions) {
        if (!exclusion.used) {
            fmt::print("FAILED: the exclusion of {} is not needed: no such case, or it passes\n", name);
            needed = false;
        }
    }
    return needed;
}

int run(const char* path, const char* exclusions_path) {
    if (!std::ifstream(path)) {
        fmt::print("FAILED: no test suite at {}; it comes with Debian's package python3-spf\n", path);
        return 1;
    }
    Exclusions exclusions = exclusions_path == nullptr ? Exclusions() : load_exclusions(exclusions_path);
    Totals totals;
    for (const YAML::Node& scenario : YAML::LoadAllFromFile(path)) {
        run_scenario(scenario, exclusions, totals);
    }
    fmt::print("{}: {} of {} cases as expected, {} excluded\n", path, totals.passed, totals.cases,
               totals.excluded);
    const bool complete = totals.cases > 0 && totals.passed + totals.excluded == totals.cases;
    return all_needed(exclusions) && complete ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2 || argc == 3) {
            return run(argv[1], argc == 3 ? argv[2] : nullptr);
        }
        fmt::print(stderr, "usage: conformance_spf SUITE.yml [EXCLUSIONS.yml]\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "conformance_spf: {}\n", error.what());
    }
    return 2;
}
