#include "dns/answers.h"

namespace dns {

void Answers::insert(Question question, AnswerPtr answer) {
    known_.try_emplace(std::move(question), std::move(answer));
}

void Answers::insert(Question question, Answer answer) {
    insert(std::move(question), std::make_shared<const Answer>(std::move(answer)));
}

const Answer* Answers::find(const Question& question) const {
    const auto entry = known_.find(question);
    return entry == known_.end() ? nullptr : entry->second.get();
}

} // namespace dns
