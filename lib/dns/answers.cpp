#include "dns/answers.h"

namespace dns {

// NOLINTNEXTLINE(performance-unnecessary-value-param): both are moved from
void Answers::insert(Question question, AnswerPtr answer) {
    known_.try_emplace(std::move(question), std::move(answer));
}

void Answers::insert(Question question, Answer answer) {
    insert(std::move(question), std::make_shared<const Answer>(std::move(answer)));
}

const Answer* Answers::find(const Question& question) const {
    if (const auto entry = known_.find(question); entry != known_.end()) {
        return entry->second.get();
    }
    AnswerPtr answer = source_ ? source_(question) : nullptr;
    return answer == nullptr ? nullptr : known_.emplace(question, std::move(answer)).first->second.get();
}

} // namespace dns
