#include "conformance/differential/zone.h"

#include <string>

namespace differential {

namespace {

using nlohmann::json;

std::string joined(const json& strings) {
    std::string text;
    for (const json& string : strings) {
        text += string.get<std::string>();
    }
    return text;
}

void add_record(dns::Answer& answer, dns::Type type, const json& data) {
    switch (type) {
    case dns::Type::a:
    case dns::Type::aaaa:
        answer.addresses.push_back(base::IpAddress::parse(data.get<std::string>()).value());
        break;
    case dns::Type::mx:
        answer.exchanges.push_back({data.at(0).get<std::uint16_t>(), data.at(1).get<std::string>()});
        break;
    case dns::Type::txt:
        answer.texts.push_back(joined(data));
        break;
    case dns::Type::ptr:
    case dns::Type::cname:
        answer.names.push_back(data.get<std::string>());
        break;
    }
}

} // namespace

dns::Answer Zone::answer(const dns::Question& question) const {
    const auto name = names_.find(question.name);
    if (name == names_.end()) {
        return dns::no_name();
    }
    if (name->contains("TIMEOUT")) {
        return dns::failed(dns::Failure::timeout);
    }
    const auto records = name->find(std::string(print(question.type)));
    if (records == name->end() || records->empty()) {
        return dns::no_data();
    }
    dns::Answer answer;
    answer.status = dns::Status::found;
    for (const json& data : *records) {
        add_record(answer, question.type, data);
    }
    return answer;
}

} // namespace differential
