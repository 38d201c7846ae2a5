#include "dns/answers_file.h"

#include "dns/answers_text.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace dns {

namespace {

void print_line(std::string& out, const Question& question, const Answer& answer, std::string_view data) {
    out += fmt::format("{:<40} {:>6} {:<5} {}{}{}\n", escape_name(question.name), answer.ttl,
                       print(question.type), answer.secure ? "[secure] " : "",
                       answer.aliased ? "[aliased] " : "", data);
}

std::vector<std::string> print_records(const Answer& answer) {
    std::vector<std::string> lines;
    for (const base::IpAddress& address : answer.addresses) {
        lines.push_back(address.print());
    }
    for (const MailExchange& exchange : answer.exchanges) {
        lines.push_back(fmt::format("{} {}", exchange.preference, escape_name(exchange.host)));
    }
    for (const std::string& text : answer.texts) {
        lines.push_back(quote(text));
    }
    for (const std::string& name : answer.names) {
        lines.push_back(escape_name(name));
    }
    return lines;
}

} // namespace

std::vector<std::string> print_data(const Answer& answer) {
    switch (answer.status) {
    case Status::found:
        return print_records(answer);
    case Status::no_data:
        return {"NODATA"};
    case Status::no_name:
        return {"NXDOMAIN"};
    case Status::failed:
        return {fmt::format("FAILED {}", failure_word(answer.failure))};
    }
    return {};
}

std::string print_answers(const Answers& answers) {
    std::map<Question, AnswerPtr> sorted(answers.begin(), answers.end());
    std::string out;
    for (const auto& [question, answer] : sorted) {
        for (const std::string& data : print_data(*answer)) {
            print_line(out, question, *answer, data);
        }
    }
    return out;
}

} // namespace dns
