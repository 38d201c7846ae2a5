#include "fuzz/ask_and_resume.h"

#include <algorithm>

namespace fuzz {

std::vector<dns::Question> answered(const dns::Questions& round, Arrival arrival) {
    std::vector<dns::Question> list(round.begin(), round.end());
    switch (arrival) {
    case Arrival::together:
        break;
    case Arrival::backwards:
        std::reverse(list.begin(), list.end());
        break;
    case Arrival::first_only:
        list = {list.front()};
        break;
    case Arrival::last_only:
        list = {list.back()};
        break;
    }
    return list;
}

std::vector<dns::Question> some_questions(const dns::Answers& asked, std::size_t most) {
    std::vector<dns::Question> list;
    for (const auto& [question, answer] : asked) {
        list.push_back(question);
    }
    std::sort(list.begin(), list.end()); // a hash map has no order to rely on
    list.resize(std::min(list.size(), most));
    return list;
}

Dns with_failure(const Dns& dns, const dns::Question& failing) {
    return [&dns, failing](const dns::Question& question) {
        return question == failing ? dns::failed(dns::Failure::timeout) : dns(question);
    };
}

} // namespace fuzz
