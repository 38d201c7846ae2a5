// Answers files of the tool; what is read prints to a file that reads the same.
#include "fuzz/property.h"
#include "milter/tool/answers_file.h"

namespace {

void run(std::string_view input) {
    const auto answers = tool::parse_answers(input);
    if (!answers) {
        fuzz::require(answers.error().line > 0 && !answers.error().message.empty(), "a refusal has a line");
        return;
    }
    const auto text = tool::print_answers(*answers);
    const auto again = tool::parse_answers(text);
    fuzz::require(again && again->size() == answers->size(), "answers survive their own text", text);
    for (const auto& [question, answer] : *answers) {
        const auto* same = again->find(question);
        fuzz::require(same != nullptr && *same == *answer, "an answer survives its own text", text);
    }
}

const fuzz::Target target("answers_file", run);

} // namespace
