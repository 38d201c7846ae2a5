// check_host() over any DNS. Facts: client, helo, local-part, domain.
//
// - The verdict, to its last word, is the same in whatever order answers arrive and however far it looks
// ahead.
// - Questions are bounded: RFC 7208 4.6.4 allows ten terms, each with at most eleven lookups.
// - A question that fails leaves the result as it was or makes it temperror (but for reverse names, whose
//   failure RFC 7208 5.5 and 7.3 forgive).
// - Received-SPF is one well-formed field.
#include "fuzz/ask_and_resume.h"
#include "fuzz/property.h"
#include "fuzz/world.h"
#include "fuzz/written.h"
#include "spf/evaluate.h"
#include "spf/received_spf.h"

#include <algorithm>

namespace {

using spf::LookAhead;

// The record; ten terms, each an MX with ten hosts; exp; the reverse name with ten names to validate.
constexpr std::size_t most_questions = 1 + 10 * 11 + 1 + 11;
// Looking ahead may ask for terms that are never reached.
constexpr std::size_t most_questions_ahead = 3 * most_questions;
constexpr std::size_t failures_tried = 6;

spf::Request request_of(const fuzz::World& world) {
    return {.client = base::IpAddress::parse(world.fact("client")).value_or(base::IpAddress()),
            .helo = world.fact("helo"),
            .identity = spf::Identity::mail_from,
            .local_part = world.fact("local-part"),
            .domain = world.fact("domain"),
            .receiver = "mx.example.net",
            .now = 1'700'000'000};
}

void check_verdict(const spf::Verdict& verdict, const spf::Request& request) {
    const spf::Limits limits;
    fuzz::require(verdict.void_lookups <= limits.void_lookups + 1, "void lookups are bounded");
    fuzz::require(verdict.terms <= limits.terms + 1, "terms are bounded");
    fuzz::require(verdict.steps.size() <= limits.most_steps, "steps are bounded");
    fuzz::require(verdict.explanation.size() <= limits.explanation && fuzz::is_one_line(verdict.explanation),
                  "an explanation is one bounded line");
    fuzz::require(fuzz::is_one_line(verdict.problem) && fuzz::is_one_line(verdict.mechanism),
                  "a problem is one line");
    fuzz::require(verdict.explanation.empty() || verdict.result == spf::Result::fail,
                  "only a fail is explained");
    fuzz::require_writable("Received-SPF", " " + spf::format_received_spf(verdict, request));
}

void check_failures(const fuzz::World& world, const spf::Request& request, const spf::Verdict& verdict,
                    const dns::Answers& asked) {
    const bool reverse = std::any_of(asked.begin(), asked.end(),
                                     [](const auto& entry) { return entry.first.type == dns::Type::ptr; });
    if (reverse) {
        return;
    }
    const fuzz::Dns dns = [&world](const dns::Question& question) { return world.answer(question); };
    const auto evaluate = [&](const dns::Answers& known) {
        return spf::evaluate(request, known, {.look_ahead = LookAhead::none});
    };
    for (const auto& question : fuzz::some_questions(asked, failures_tried)) {
        const auto failed = fuzz::finish(evaluate, fuzz::with_failure(dns, question), fuzz::Arrival::together,
                                         most_questions);
        const auto result = failed.verdict.result;
        fuzz::require(result == verdict.result || result == spf::Result::temperror,
                      "a failed lookup changes no result but to temperror", dns::print(question));
    }
}

void run(std::string_view input) {
    const fuzz::World world(input);
    const auto request = request_of(world);
    const fuzz::Dns dns = [&world](const dns::Question& question) { return world.answer(question); };
    const auto evaluate = [&](const dns::Answers& known, LookAhead look_ahead) {
        return spf::evaluate(request, known, {.look_ahead = look_ahead});
    };
    const auto plain = fuzz::finish([&](const auto& known) { return evaluate(known, LookAhead::none); }, dns,
                                    fuzz::Arrival::together, most_questions);
    check_verdict(plain.verdict, request);
    for (const auto look_ahead : {LookAhead::records, LookAhead::all}) {
        const auto asked_ahead = [&](const auto& known) { return evaluate(known, look_ahead); };
        for (const auto arrival : fuzz::all_arrivals) {
            const auto other = fuzz::finish(asked_ahead, dns, arrival, most_questions_ahead);
            fuzz::require(other.verdict == plain.verdict, "order and look-ahead change no verdict");
            const auto all_known = evaluate(other.known, LookAhead::none);
            fuzz::require(all_known == spf::Outcome(plain.verdict), "answers to spare change no verdict");
        }
    }
    check_failures(world, request, plain.verdict, plain.known);
}

const fuzz::Target target("spf_evaluate", run);

} // namespace
