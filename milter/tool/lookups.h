// The question-and-answer loop of a subcommand: runs an evaluator to its verdict, and remembers what was
// asked.
//
//     auto verdict = lookups.finish([&](const dns::Answers& known) { return spf::evaluate(request, known,
//     {}); });
#pragma once

#include "milter/tool/answer_source.h"

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace milter::tool {

// One message's, or one evaluation's, questions.
class Lookups {
  public:
    // Over `max_questions` every further question is answered with a timeout, as the daemon does.
    Lookups(std::unique_ptr<AnswerSource> source, std::size_t max_questions);

    // `evaluate` returns dns::Outcome<Verdict> for the answers known so far.
    template <class Evaluate>
    [[nodiscard]] auto finish(Evaluate&& evaluate)
        -> Result<std::variant_alternative_t<0, std::invoke_result_t<Evaluate, const dns::Answers&>>> {
        for (;;) { // answer() ends it after a bounded number of rounds
            auto outcome = evaluate(std::as_const(known_));
            if (auto* verdict = std::get_if<0>(&outcome)) {
                return std::move(*verdict);
            }
            if (auto answered = answer(std::get<1>(outcome)); !answered) {
                return tl::make_unexpected(answered.error());
            }
        }
    }

    // Another evaluation over what is known already: its rounds are bounded anew.
    void begin() { rounds_now_ = 0; }

    // Asks without an evaluator.
    [[nodiscard]] Result<void> answer(const dns::Questions& questions);

    [[nodiscard]] const dns::Answers& known() const { return known_; }
    [[nodiscard]] const dns::Questions& asked() const { return asked_; } // in order
    [[nodiscard]] std::size_t rounds() const { return rounds_; }
    [[nodiscard]] std::vector<std::string> warnings() const { return source_->warnings(); }

  private:
    std::unique_ptr<AnswerSource> source_;
    std::size_t max_questions_;
    dns::Answers known_;
    dns::Questions asked_;
    std::size_t rounds_ = 0;
    std::size_t rounds_now_ = 0; // since begin()
};

} // namespace milter::tool
