#include "dns/questions.h"

#include <algorithm>

namespace dns {

void Questions::add(Question question) {
    if (std::find(list_.begin(), list_.end(), question) == list_.end()) {
        list_.push_back(std::move(question));
    }
}

void Questions::add(const Questions& others) {
    for (const Question& question : others) {
        add(question);
    }
}

const Answer* Inquiry::ask(std::string_view name, Type type) {
    static const Answer unaskable = no_name();
    auto question = make_question(name, type);
    if (!question) {
        return &unaskable;
    }
    const Answer* answer = known_.find(*question);
    if (answer == nullptr) {
        missing_.add(std::move(*question));
    }
    return answer;
}

void Inquiry::expect(std::string_view name, Type type) {
    (void)ask(name, type);
}

} // namespace dns
