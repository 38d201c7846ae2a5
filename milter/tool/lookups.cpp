#include "milter/tool/lookups.h"

#include <fmt/format.h>

namespace milter::tool {

namespace {

// An evaluator that asks one dependent question a round for ever would be a fault of ours; the daemon's
// budget of questions ends no such loop, because questions over it are answered.
constexpr std::size_t max_rounds = 1000;

} // namespace

Lookups::Lookups(std::unique_ptr<AnswerSource> source, std::size_t max_questions)
    : source_(std::move(source)), max_questions_(max_questions) {}

Result<void> Lookups::answer(const dns::Questions& questions) {
    ++rounds_;
    if (++rounds_now_ > max_rounds) {
        return fail(ExitCode::internal, fmt::format("no verdict after {} rounds of questions", max_rounds));
    }
    dns::Questions affordable;
    for (const dns::Question& question : questions) {
        if (known_.find(question) != nullptr) {
            continue;
        }
        if (asked_.size() < max_questions_) {
            asked_.add(question);
            affordable.add(question);
        } else {
            known_.insert(question, dns::failed(dns::Failure::timeout));
        }
    }
    return source_->answer(affordable, known_);
}

} // namespace milter::tool
