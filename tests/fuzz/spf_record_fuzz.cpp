// SPF records: parsing, and an evaluation in which every name asked for has the same record.
#include "fuzz/property.h"
#include "spf/evaluate.h"
#include "spf/record.h"

namespace {

dns::Answer answer_of(const dns::Question& question, std::string_view record) {
    dns::Answer answer;
    answer.status = dns::Status::found;
    switch (question.type) {
    case dns::Type::txt:
        answer.texts = {std::string(record)};
        break;
    case dns::Type::mx:
        answer.exchanges = {{10, "mx.example.org"}};
        break;
    case dns::Type::ptr:
    case dns::Type::cname:
        answer.names = {"host.example.org"};
        break;
    case dns::Type::a:
    case dns::Type::aaaa:
        return dns::no_data();
    }
    return answer;
}

} // namespace

void fuzz::run(std::string_view input) {
    if (const auto record = spf::parse(input)) {
        require(spf::parse(spf::print(*record)) == record, "an SPF record survives its own text");
    }
    const spf::Request request{.client = *base::IpAddress::parse("192.0.2.1"),
                               .helo = "mx.example.org",
                               .local_part = "ann",
                               .domain = "example.org",
                               .receiver = "id.example"};
    const spf::Limits limits;
    dns::Answers known;
    constexpr int most_rounds = 30; // ten terms and their look-ups cannot need more
    for (int round = 0; round < most_rounds; ++round) {
        const auto outcome = spf::check_host(request, known, limits);
        if (std::holds_alternative<spf::Verdict>(outcome)) {
            require(std::get<spf::Verdict>(outcome).void_lookups <= limits.void_lookups + 1,
                    "void lookups are bounded");
            return;
        }
        for (const auto& question : std::get<dns::Questions>(outcome)) {
            known.insert(question, answer_of(question, input));
        }
    }
    require(false, "an evaluation ends");
}
