#include "milter/tool/answers_file.h"

#include "milter/tool/answers_text.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace tool {

namespace {

void print_line(std::string& out, const dns::Question& question, const dns::Answer& answer,
                std::string_view data) {
    out += fmt::format("{:<40} {:>6} {:<5} {}{}{}\n", escape_name(question.name), answer.ttl,
                       dns::print(question.type), answer.secure ? "[secure] " : "",
                       answer.aliased ? "[aliased] " : "", data);
}

std::vector<std::string> print_records(const dns::Answer& answer) {
    std::vector<std::string> lines;
    for (const base::IpAddress& address : answer.addresses) {
        lines.push_back(address.print());
    }
    for (const dns::MailExchange& exchange : answer.exchanges) {
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

std::vector<std::string> print_data(const dns::Answer& answer) {
    switch (answer.status) {
    case dns::Status::found:
        return print_records(answer);
    case dns::Status::no_data:
        return {"NODATA"};
    case dns::Status::no_name:
        return {"NXDOMAIN"};
    case dns::Status::failed:
        return {fmt::format("FAILED {}", failure_word(answer.failure))};
    }
    return {};
}

std::string print_answers(const dns::Answers& answers) {
    std::map<dns::Question, dns::AnswerPtr> sorted(answers.begin(), answers.end());
    std::string out;
    for (const auto& [question, answer] : sorted) {
        for (const std::string& data : print_data(*answer)) {
            print_line(out, question, *answer, data);
        }
    }
    return out;
}

} // namespace tool
