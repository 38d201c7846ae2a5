// The one loop of the tests around an evaluator: evaluate, answer from a zone what is asked, evaluate again,
// until there is a verdict. What holds for every evaluator is checked in here: without a verdict it asks for
// something, never for what it knows, only for what can be asked, and it comes to an end.
//
//     const auto evaluate = [&](const dns::Answers& known) { return spf::evaluate(request, known, {}); };
//     const auto run = test::resolve(evaluate, zone);
//     CHECK(run.asked.size() == 2);
//     CHECK(run.verdict.result == spf::Result::pass);
//     CHECK(run.rounds == 2);
#pragma once

#include "dns/awaited.h"
#include "support/world/zone.h"

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace test {

template <class Verdict>
struct Resolved {
    Verdict verdict{};
    std::vector<dns::Question> asked{}; // and answered, in that order
    std::size_t rounds = 0;             // how often something was asked
    dns::Answers known{};               // at the end: what was known before, and what was asked
};

// An evaluator that breaks one of the rules above.
class Unruly : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

// How to go about it: no verdict depends on this.
struct Manner {
    dns::Answers known{}; // before the first evaluation
    std::size_t most_rounds = 500;
    std::size_t most_questions = 1000;
    // Picks from a round what is answered before the next evaluation; nothing set: all of it, in its order.
    std::function<std::vector<dns::Question>(const dns::Questions& round)> answered{};
};

inline void check_round(const dns::Questions& round, const dns::Answers& known) {
    if (round.empty()) {
        throw Unruly("neither a verdict nor a question");
    }
    for (const dns::Question& question : round) {
        if (known.find(question) != nullptr) {
            throw Unruly("asks for what is known: " + print(question));
        }
        if (dns::make_question(question.name, question.type) != question) {
            throw Unruly("asks for what cannot be asked: " + print(question));
        }
    }
}

inline dns::Answer look_up(const Zone& zone, const dns::Question& question) {
    return zone.answer(question);
}
template <class Dns>
    requires std::is_invocable_r_v<dns::Answer, const Dns&, const dns::Question&>
dns::Answer look_up(const Dns& dns, const dns::Question& question) {
    return dns(question);
}

// `evaluate(known)` is a verdict or dns::Questions; `dns` a Zone or a function from a question to its answer.
template <class Evaluate, class Dns>
auto resolve(const Evaluate& evaluate, const Dns& dns, Manner manner = {}) {
    using Verdict = std::variant_alternative_t<0, std::invoke_result_t<Evaluate, const dns::Answers&>>;
    Resolved<Verdict> run{.known = std::move(manner.known)};
    while (true) {
        auto outcome = evaluate(run.known);
        if (auto* verdict = std::get_if<Verdict>(&outcome)) {
            run.verdict = std::move(*verdict);
            return run;
        }
        const auto& round = std::get<dns::Questions>(outcome);
        check_round(round, run.known);
        ++run.rounds;
        const auto answered =
            manner.answered ? manner.answered(round) : std::vector<dns::Question>(round.begin(), round.end());
        for (const dns::Question& question : answered) {
            run.known.insert(question, look_up(dns, question));
            run.asked.push_back(question);
        }
        if (run.rounds > manner.most_rounds || run.asked.size() > manner.most_questions) {
            throw Unruly(
                fmt::format("no verdict after {} rounds and {} questions", run.rounds, run.asked.size()));
        }
    }
}

} // namespace test
