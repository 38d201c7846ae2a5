// DMARC of one author domain over any DNS. Facts: author DOMAIN, spf DOMAIN, spf-temperror DOMAIN, dkim
// DOMAIN, dkim-temperror DOMAIN; psl and veto choose the options.
//
// - The verdict is the same in whatever order answers arrive, and its result however far alignment is
// pursued.
// - Questions are bounded: eight for each domain's walk, three for the existence of the author's.
// - A question that fails leaves the result as it was or makes it temperror or permerror.
// - Without one of its identifiers a message never passes that did not pass with it; the veto never helps.
#include "dmarc/evaluate.h"
#include "dmarc/tree_walk.h"
#include "fuzz/ask_and_resume.h"
#include "fuzz/property.h"
#include "fuzz/world.h"
#include "fuzz/written.h"

#include <algorithm>
#include <tuple>

namespace {

using dmarc::Extent;
using dmarc::IdentifierState;
using dmarc::Result;

constexpr std::size_t most_identifiers = 10;
constexpr std::size_t failures_tried = 6;

void add(const fuzz::World& world, const char* fact, IdentifierState state,
         std::vector<dmarc::Identifier>& list) {
    for (const auto& text : world.facts(fact)) {
        const auto domain = base::DomainName::parse(text);
        if (domain && list.size() < most_identifiers) {
            list.push_back({*domain, state});
        }
    }
}

std::optional<dmarc::Request> request_of(const fuzz::World& world) {
    const auto author = base::DomainName::parse(world.fact("author"));
    if (!author) {
        return std::nullopt;
    }
    dmarc::Request request{.author_domain = *author, .spf = std::nullopt, .dkim = {}};
    std::vector<dmarc::Identifier> spf;
    add(world, "spf", IdentifierState::pass, spf);
    add(world, "spf-temperror", IdentifierState::temperror, spf);
    if (!spf.empty()) {
        request.spf = spf.front();
    }
    add(world, "dkim", IdentifierState::pass, request.dkim);
    add(world, "dkim-temperror", IdentifierState::temperror, request.dkim);
    return request;
}

dmarc::Options options_of(const fuzz::World& world) {
    static const auto suffixes = dmarc::PublicSuffixList::built_in();
    dmarc::Options options;
    if (world.has("psl")) {
        options.discovery = dmarc::Discovery::psl;
        options.public_suffixes = &suffixes;
    } else if (world.has("veto")) {
        options.public_suffixes = &suffixes;
    }
    return options;
}

test::Resolved<dmarc::Verdict> evaluate(const dmarc::Request& request, const dmarc::Options& options,
                                        const fuzz::Dns& dns,
                                        fuzz::Arrival arrival = fuzz::Arrival::together) {
    const std::size_t walks = 2 + request.dkim.size();
    const auto once = [&](const dns::Answers& known) { return dmarc::evaluate(request, known, options); };
    return fuzz::finish(once, dns, arrival, walks * dmarc::max_walk_questions + 3);
}

auto words(const dmarc::Verdict& v) {
    return std::tie(v.result, v.policy_domain, v.organizational_domain, v.record, v.policy_tag,
                    v.published_policy, v.policy, v.spf, v.dkim, v.aligned_by, v.vetoed, v.problem, v.steps);
}

void check_words(const dmarc::Verdict& verdict, const dmarc::Request& request) {
    fuzz::require(fuzz::is_one_line(verdict.problem), "a problem is one line");
    fuzz::require(verdict.result != Result::pass ||
                      (verdict.aligned_by && verdict.record &&
                       (verdict.spf == dmarc::Alignment::yes || verdict.dkim == dmarc::Alignment::yes)),
                  "a pass has an aligned identifier");
    fuzz::require(verdict.result != Result::pass || request.spf || !request.dkim.empty(),
                  "nothing passes without an identifier");
    const bool error = verdict.result == Result::temperror || verdict.result == Result::permerror;
    fuzz::require(!error || (!verdict.policy && !verdict.problem.empty()),
                  "an error has a reason and no policy");
    if (verdict.record) {
        fuzz::require(verdict.policy_domain && request.author_domain.is_at_or_below(*verdict.policy_domain),
                      "a policy stands at or above the author");
    }
}

void check_extents(const dmarc::Request& request, dmarc::Options options, const fuzz::Dns& dns,
                   const dmarc::Verdict& verdict) {
    for (const auto extent : {Extent::report, Extent::full}) {
        options.extent = extent;
        fuzz::require(evaluate(request, options, dns).verdict.result == verdict.result,
                      "how far alignment is pursued changes no result");
    }
}

void check_failures(const dmarc::Request& request, const dmarc::Options& options, const fuzz::Dns& dns,
                    const test::Resolved<dmarc::Verdict>& before) {
    for (const auto& question : fuzz::some_questions(before.known, failures_tried)) {
        const auto result = evaluate(request, options, fuzz::with_failure(dns, question)).verdict.result;
        fuzz::require(result == before.verdict.result || result == Result::temperror ||
                          result == Result::permerror,
                      "a failed lookup changes no result but to an error", dns::print(question));
    }
}

void check_without_identifiers(const dmarc::Request& request, const dmarc::Options& options,
                               const fuzz::Dns& dns) {
    const auto passes = [&](const dmarc::Request& less) {
        return evaluate(less, options, dns).verdict.result == Result::pass;
    };
    dmarc::Request less = request;
    less.spf.reset();
    fuzz::require(!passes(less), "without SPF nothing gets better");
    for (std::size_t i = 0; i < request.dkim.size(); ++i) {
        less = request;
        less.dkim.erase(less.dkim.begin() + static_cast<std::ptrdiff_t>(i));
        fuzz::require(!passes(less), "without a signature nothing gets better");
    }
}

void run(std::string_view input) {
    const fuzz::World world(input);
    const auto request = request_of(world);
    if (!request) {
        return;
    }
    const auto options = options_of(world);
    const fuzz::Dns dns = [&world](const dns::Question& question) { return world.answer(question); };
    const auto finished = evaluate(*request, options, dns);
    check_words(finished.verdict, *request);
    for (const auto arrival : fuzz::all_arrivals) {
        fuzz::require(words(evaluate(*request, options, dns, arrival).verdict) == words(finished.verdict),
                      "order changes no verdict");
    }
    check_extents(*request, options, dns, finished.verdict);
    check_failures(*request, options, dns, finished);
    if (finished.verdict.result != Result::pass) {
        check_without_identifiers(*request, options, dns);
    }
    if (options.discovery == dmarc::Discovery::tree_walk && finished.verdict.result == Result::pass) {
        dmarc::Options plain = options;
        plain.public_suffixes = nullptr;
        fuzz::require(evaluate(*request, plain, dns).verdict.result == Result::pass, "the veto never helps");
    }
}

const fuzz::Target target("dmarc_evaluate", run);

} // namespace
