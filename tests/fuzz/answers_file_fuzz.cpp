// Answers files of the tool; what is read prints to a file that reads the same.
#include "dns/answers_file.h"
#include "fuzz/property.h"

namespace {

void run(std::string_view input) {
    const auto answers = dns::parse_answers(input);
    if (!answers) {
        fuzz::require(answers.error().line > 0 && !answers.error().message.empty(), "a refusal has a line");
        return;
    }
    const auto text = dns::print_answers(*answers);
    const auto again = dns::parse_answers(text);
    fuzz::require(again && again->size() == answers->size(), "answers survive their own text", text);
    for (const auto& [question, answer] : *answers) {
        const auto* same = again->find(question);
        fuzz::require(same != nullptr && *same == *answer, "an answer survives its own text", text);
    }
}

const fuzz::Target target("answers_file", run);

} // namespace
