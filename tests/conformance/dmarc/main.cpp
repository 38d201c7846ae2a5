// Runs DMARC test vectors: conformance_dmarc SUFFIX_LIST VECTORS.json [MORE.json ...]
//
// A file named by PARAPH_EXTRA_DMARC_VECTORS runs as well. Each vector is evaluated several ways: lazily from
// nothing, with every answer there from the start, and with both mechanisms pursued to the end; all must
// agree.
#include "conformance/dmarc/vectors.h"

#include "dmarc/policy_records.h"
#include "dmarc/tree_walk.h"
#include "support/program.h"

#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <set>

namespace dmarc_test {

namespace {

class Check {
  public:
    Check(const Vector& vector, const dmarc::PublicSuffixList& list) : vector_(vector), list_(list) {}

    // What is wrong; empty when nothing is.
    std::vector<std::string> run();

  private:
    dmarc::Options options(dmarc::Extent extent) const;
    dns::Answers all_answers() const;
    std::set<std::string> allowed_names() const;

    void check_walk();
    void check_verdict(const dmarc::Verdict& verdict);
    void check_questions(const Run& lazy);
    void check_same(const dmarc::Verdict& a, const dmarc::Verdict& b, const char* what);
    void check_lazy(const dmarc::Verdict& lazy, const dmarc::Verdict& full);
    void equal(const char* what, const std::optional<std::string>& expected,
               const std::optional<std::string>& got);

    const Vector& vector_;
    const dmarc::PublicSuffixList& list_;
    std::vector<std::string> errors_;
};

std::vector<std::string> walk_names(const base::DomainName& start) {
    std::vector<std::string> names;
    for (const base::DomainName& target : dmarc::walk_targets(start)) {
        names.push_back(dmarc::record_name(target));
    }
    return names;
}

std::optional<std::string> text(const std::optional<base::DomainName>& name) {
    return name ? std::optional(name->text()) : std::nullopt;
}

std::optional<std::string> text(const std::optional<dmarc::Policy>& policy) {
    return policy ? std::optional(std::string(dmarc::print(*policy))) : std::nullopt;
}

std::optional<std::string> text(dmarc::Alignment alignment) {
    switch (alignment) {
    case dmarc::Alignment::yes:
        return "pass";
    case dmarc::Alignment::no:
        return "fail";
    case dmarc::Alignment::undecided:
        return std::nullopt;
    }
    return std::nullopt;
}

std::vector<std::string> Check::run() {
    check_walk();
    const Run lazy = dmarc_test::run(vector_.zone, vector_.request, options(dmarc::Extent::verdict));
    const Run full = dmarc_test::run(vector_.zone, vector_.request, options(dmarc::Extent::full));
    check_verdict(full.verdict);
    check_questions(lazy);
    check_questions(full);
    check_lazy(lazy.verdict, full.verdict);
    for (const dmarc::Extent extent : {dmarc::Extent::verdict, dmarc::Extent::full}) {
        const Run ahead = dmarc_test::run(vector_.zone, vector_.request, options(extent), all_answers());
        if (!ahead.asked.empty()) {
            errors_.push_back("asks " + print(ahead.asked.front()) + ", which is outside of every walk");
        }
        check_same(extent == dmarc::Extent::full ? full.verdict : lazy.verdict, ahead.verdict,
                   "answers that came early change the verdict");
    }
    if (vector_.expect.asked) {
        std::vector<std::string> asked;
        for (const dns::Question& question : lazy.asked) {
            asked.push_back(question.name);
        }
        equal("asked", fmt::format("{}", fmt::join(*vector_.expect.asked, " ")),
              fmt::format("{}", fmt::join(asked, " ")));
    }
    return errors_;
}

dmarc::Options Check::options(dmarc::Extent extent) const {
    dmarc::Options options;
    options.discovery = vector_.discovery;
    options.public_suffixes = vector_.veto || vector_.discovery == dmarc::Discovery::psl ? &list_ : nullptr;
    options.extent = extent;
    return options;
}

std::set<std::string> Check::allowed_names() const {
    std::vector<base::DomainName> starts{vector_.request.author_domain};
    if (vector_.discovery == dmarc::Discovery::tree_walk) {
        for (const dmarc::Identifier& identifier : vector_.request.dkim) {
            starts.push_back(identifier.domain);
        }
        if (vector_.request.spf) {
            starts.push_back(vector_.request.spf->domain);
        }
    }
    std::set<std::string> names{vector_.request.author_domain.text()};
    for (const base::DomainName& start : starts) {
        const auto walk = walk_names(start);
        names.insert(walk.begin(), walk.end());
    }
    return names;
}

dns::Answers Check::all_answers() const {
    dns::Answers answers;
    for (const std::string& name : allowed_names()) {
        if (const auto question = dns::make_question(name, dns::Type::txt)) {
            answers.insert(*question, vector_.zone.answer(*question));
        }
    }
    return answers;
}

void Check::check_walk() {
    if (vector_.discovery == dmarc::Discovery::psl) {
        return;
    }
    const dns::Answers answers = all_answers();
    dns::Inquiry dns(answers);
    const dmarc::Options options;
    dmarc::PolicyRecords records(dns, options);
    const dmarc::Walk walk = dmarc::walk(records, vector_.request.author_domain).value(); // all is answered
    std::vector<std::string> visited;
    for (const base::DomainName& name : walk.visited) {
        visited.push_back(dmarc::record_name(name));
    }
    if (visited.size() > dmarc::max_walk_questions) {
        errors_.emplace_back("the walk is longer than eight names");
    }
    if (vector_.expect.walk) {
        equal("walk", fmt::format("{}", fmt::join(*vector_.expect.walk, " ")),
              fmt::format("{}", fmt::join(visited, " ")));
    }
    if (vector_.expect.has_org) {
        const bool finished = walk.state == dmarc::Walk::State::finished;
        const auto organization = [&] {
            return dmarc::organizational_domain(walk, vector_.request.author_domain);
        };
        equal("org", vector_.expect.org, finished ? std::optional(organization().text()) : std::nullopt);
    }
}

void Check::check_verdict(const dmarc::Verdict& verdict) {
    const Expectation& expect = vector_.expect;
    equal("result", expect.result, std::string(dmarc::print(verdict.result)));
    equal("policy_domain", expect.policy_domain, text(verdict.policy_domain));
    equal("tag", expect.tag, verdict.policy_tag.empty() ? std::nullopt : std::optional(verdict.policy_tag));
    equal("policy", expect.policy, text(verdict.published_policy));
    equal("applied", expect.applied, text(verdict.policy));
    equal("spf", expect.spf, text(verdict.spf));
    equal("dkim", expect.dkim, text(verdict.dkim));
    equal("vetoed", expect.vetoed ? "yes" : "no", verdict.vetoed ? "yes" : "no");
    if (verdict.organizational_domain && expect.has_org) {
        equal("organizational_domain", expect.org, text(verdict.organizational_domain));
    }
    const bool error =
        verdict.result == dmarc::Result::temperror || verdict.result == dmarc::Result::permerror;
    if (error && verdict.problem.empty()) {
        errors_.emplace_back("an error without its reason");
    }
}

void Check::check_questions(const Run& lazy) {
    const std::set<std::string> allowed = allowed_names();
    for (const dns::Question& question : lazy.asked) {
        if (!allowed.contains(question.name) || question.type != dns::Type::txt) {
            errors_.push_back("asks " + print(question));
        }
    }
    const dns::Questions early = dmarc::early_questions(vector_.request.author_domain, options({}));
    if (early.size() > dmarc::max_walk_questions) {
        errors_.emplace_back("more than eight early questions");
    }
    for (const dns::Question& question : early) {
        if (!allowed.contains(question.name)) {
            errors_.push_back("asks early " + print(question));
        }
    }
}

void Check::check_same(const dmarc::Verdict& a, const dmarc::Verdict& b, const char* what) {
    if (describe(a) != describe(b)) {
        errors_.push_back(fmt::format("{}: {} / {}", what, describe(a), describe(b)));
    }
}

// The lazy evaluation may leave the mechanism open that the result does not need; nothing else may differ.
void Check::check_lazy(const dmarc::Verdict& lazy, const dmarc::Verdict& full) {
    const auto compatible = [](dmarc::Alignment a, dmarc::Alignment b) {
        return a == b || a == dmarc::Alignment::undecided;
    };
    if (lazy.result != full.result || lazy.policy != full.policy || lazy.policy_tag != full.policy_tag ||
        lazy.aligned_by != full.aligned_by || !compatible(lazy.spf, full.spf) ||
        !compatible(lazy.dkim, full.dkim)) {
        errors_.push_back(fmt::format("lazy and full differ: {} / {}", describe(lazy), describe(full)));
    }
    const auto without_organization = [](dmarc::Verdict verdict) { // which a report wants to know
        verdict.organizational_domain.reset();
        verdict.steps.clear();
        return describe(verdict);
    };
    if (lazy.result == dmarc::Result::fail && without_organization(lazy) != without_organization(full)) {
        errors_.emplace_back("a fail leaves nothing open, yet lazy and full differ");
    }
}

void Check::equal(const char* what, const std::optional<std::string>& expected,
                  const std::optional<std::string>& got) {
    if (expected != got) {
        errors_.push_back(
            fmt::format("{}: expected {}, got {}", what, expected.value_or("null"), got.value_or("null")));
    }
}

std::size_t run_file(const std::string& path, const dmarc::PublicSuffixList& list) {
    std::size_t failures = 0;
    const std::vector<Vector> vectors = load_vectors(path);
    for (const Vector& vector : vectors) {
        const std::vector<std::string> errors = Check(vector, list).run();
        failures += errors.empty() ? 0U : 1U;
        for (const std::string& error : errors) {
            std::cout << fmt::format("{} ({}): {}\n", vector.id, vector.about, error);
        }
    }
    std::cout << fmt::format("{}: {} of {} vectors pass\n", path, vectors.size() - failures, vectors.size());
    return vectors.empty() ? 1 : failures;
}

int run_files(const std::vector<std::string>& arguments) {
    if (arguments.size() < 2) {
        std::cerr << "usage: conformance_dmarc SUFFIX_LIST VECTORS.json ...\n";
        return 2;
    }
    const auto list = dmarc::PublicSuffixList::load(arguments.front());
    if (!list) {
        std::cerr << arguments.front() << ' ' << list.error().message << '\n';
        return 2;
    }
    std::vector<std::string> files(arguments.begin() + 1, arguments.end());
    if (const char* extra = std::getenv("PARAPH_EXTRA_DMARC_VECTORS"); extra != nullptr && *extra != '\0') {
        files.emplace_back(extra);
    }
    std::size_t failures = 0;
    for (const std::string& file : files) {
        failures += run_file(file, *list);
    }
    return failures == 0 ? 0 : 1;
}

} // namespace

} // namespace dmarc_test

int main(int argc, char** argv) {
    return test::run_program([&] { return dmarc_test::run_files({argv + 1, argv + argc}); }, 2);
}
