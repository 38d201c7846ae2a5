#include "unit/spf/zone.h"

#include "base/ascii.h"

#include <map>
#include <stdexcept>

namespace test {

namespace {

dns::Question parse_question(std::string_view text) {
    const auto blank = text.find(' ');
    const auto type = dns::parse_type(text.substr(0, blank)).value();
    const std::string_view name = text.substr(blank + 1);
    const auto address = base::IpAddress::parse(name);
    return {type == dns::Type::ptr && address ? address->reverse_name() : base::to_lower(name), type};
}

void add(dns::Answer& answer, dns::Type type, const std::string& text) {
    if (text == "!") {
        answer = dns::failed(dns::Failure::timeout);
        return;
    }
    answer.status = dns::Status::found;
    switch (type) {
    case dns::Type::a:
    case dns::Type::aaaa:
        answer.addresses.push_back(base::IpAddress::parse(text).value());
        break;
    case dns::Type::mx: {
        const auto blank = text.find(' ');
        const auto preference = static_cast<std::uint16_t>(std::stoul(text.substr(0, blank)));
        answer.exchanges.push_back({preference, text.substr(blank + 1)});
        break;
    }
    case dns::Type::txt:
        answer.texts.push_back(text);
        break;
    case dns::Type::ptr:
    case dns::Type::cname:
        answer.names.push_back(text);
        break;
    }
}

} // namespace

Zone::Zone(const Lines& lines) {
    std::map<dns::Question, dns::Answer> answers;
    for (const auto& [question, text] : lines) {
        const auto parsed = parse_question(question);
        add(answers[parsed], parsed.type, text);
    }
    for (auto& [question, answer] : answers) {
        records_.insert(question, std::move(answer));
    }
}

dns::Answer Zone::answer(const dns::Question& question) const {
    if (const dns::Answer* answer = records_.find(question)) {
        return *answer;
    }
    for (const auto& [known, answer] : records_) {
        if (known.name == question.name) {
            return dns::no_data();
        }
    }
    return dns::no_name();
}

dns::Answers Zone::everything() const {
    dns::Answers all;
    for (const auto& [known, record] : records_) {
        for (const auto type :
             {dns::Type::a, dns::Type::aaaa, dns::Type::mx, dns::Type::txt, dns::Type::ptr}) {
            all.insert({known.name, type}, answer({known.name, type}));
        }
    }
    return all;
}

Evaluated evaluate(const spf::Request& request, const Zone& zone, const spf::Options& options) {
    constexpr std::size_t most_rounds = 500;
    Evaluated evaluated;
    for (; evaluated.rounds < most_rounds; ++evaluated.rounds) {
        auto outcome = spf::evaluate(request, evaluated.known, options);
        if (auto* verdict = std::get_if<spf::Verdict>(&outcome)) {
            evaluated.verdict = std::move(*verdict);
            return evaluated;
        }
        const auto& questions = std::get<dns::Questions>(outcome);
        evaluated.questions += questions.size();
        for (const dns::Question& question : questions) {
            evaluated.known.insert(question, zone.answer(question));
        }
    }
    throw std::runtime_error("the evaluation does not end");
}

spf::Request ann() {
    spf::Request request;
    request.client = base::IpAddress::parse("192.0.2.10").value();
    request.helo = "mx.example.org";
    request.local_part = "ann";
    request.domain = "example.org";
    request.receiver = "in.example.com";
    request.now = 1'700'000'000;
    return request;
}

} // namespace test
