// Drives an evaluator to its verdict in every manner a driver could, and checks what holds for all of them:
// it asks only what it does not know, only what can be asked, and comes to an end within a number of
// questions.
#pragma once

#include "dns/answers.h"
#include "dns/questions.h"
#include "fuzz/property.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fuzz {

using Dns = std::function<dns::Answer(const dns::Question&)>;

enum class Arrival : std::uint8_t {
    together,   // a round is answered at once
    backwards,  // the same, in the other order
    first_only, // of a round only the first question is answered
    last_only,  // of a round only the last one
};

inline constexpr Arrival all_arrivals[] = {Arrival::together, Arrival::backwards, Arrival::first_only,
                                           Arrival::last_only};

// The questions of a round that this manner answers, in its order.
[[nodiscard]] std::vector<dns::Question> answered(const dns::Questions& round, Arrival arrival);

template <class Verdict>
struct Finished {
    Verdict verdict;
    dns::Answers known; // what was asked, and the answers
};

// `evaluate(known)` is a variant of a verdict and dns::Questions.
template <class Evaluate>
auto finish(const Evaluate& evaluate, const Dns& dns, Arrival arrival, std::size_t most_questions,
            dns::Answers known = {}) {
    using Outcome = std::invoke_result_t<Evaluate, const dns::Answers&>;
    using Verdict = std::variant_alternative_t<0, Outcome>;
    const std::size_t limit = known.size() + most_questions;
    while (true) {
        auto outcome = evaluate(known);
        if (auto* verdict = std::get_if<Verdict>(&outcome)) {
            return Finished<Verdict>{std::move(*verdict), std::move(known)};
        }
        const auto& round = std::get<dns::Questions>(outcome);
        require(!round.empty(), "an evaluator that has no verdict has a question");
        for (const auto& question : round) {
            require(known.find(question) == nullptr, "nobody asks what is known", dns::print(question));
            require(dns::make_question(question.name, question.type) == question,
                    "what is asked can be asked", dns::print(question));
        }
        for (const auto& question : answered(round, arrival)) {
            known.insert(question, dns(question));
        }
        require(known.size() <= limit, "questions are bounded", std::to_string(known.size()));
    }
}

// Of what was asked, at most `most` questions, to be tried one by one; the same ones for the same input.
[[nodiscard]] std::vector<dns::Question> some_questions(const dns::Answers& asked, std::size_t most);

// The same DNS in which one question fails.
[[nodiscard]] Dns with_failure(const Dns& dns, const dns::Question& failing);

} // namespace fuzz
