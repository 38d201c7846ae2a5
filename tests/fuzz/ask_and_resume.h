// Drives an evaluator to its verdict in every manner a driver could. What holds for all evaluators is checked
// on the way (support/world/resolve.h).
#pragma once

#include "fuzz/property.h"
#include "support/world/resolve.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
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

// The shared loop, with its rules as properties. An adversary chooses the answers and their order: that is
// what this adds. `evaluate(known)` is a variant of a verdict and dns::Questions.
template <class Evaluate>
auto finish(const Evaluate& evaluate, const Dns& dns, Arrival arrival, std::size_t most_questions,
            dns::Answers known = {}) {
    const auto in_this_manner = [arrival](const dns::Questions& round) { return answered(round, arrival); };
    try {
        return test::resolve(evaluate, dns,
                             {.known = std::move(known),
                              .most_rounds = most_questions,
                              .most_questions = most_questions,
                              .answered = in_this_manner});
    } catch (const test::Unruly& broken) {
        require(false, "an evaluator keeps the rules", broken.what());
        throw; // not reached
    }
}

// Of what was asked, at most `most` questions, to be tried one by one; the same ones for the same input.
[[nodiscard]] std::vector<dns::Question> some_questions(const dns::Answers& asked, std::size_t most);

// The same DNS in which one question fails.
[[nodiscard]] Dns with_failure(const Dns& dns, const dns::Question& failing);

} // namespace fuzz
