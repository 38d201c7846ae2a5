#include "bomb.h"

#include <iterator>

namespace hostile {

dns::Answer& Zone::at(const std::string& name, dns::Type type) {
    dns::Answer& answer = answers_[{name, type}];
    answer.status = dns::Status::found;
    return answer;
}

Zone& Zone::txt(const std::string& name, std::string text) {
    at(name, dns::Type::txt).texts.push_back(std::move(text));
    return *this;
}

Zone& Zone::address(const std::string& name, const std::string& address) {
    const auto parsed = base::IpAddress::parse(address).value();
    at(name, parsed.is_v4() ? dns::Type::a : dns::Type::aaaa).addresses.push_back(parsed);
    return *this;
}

Zone& Zone::mx(const std::string& name, const std::string& host) {
    at(name, dns::Type::mx).exchanges.push_back({10, host});
    return *this;
}

Zone& Zone::ptr(const std::string& name, const std::string& host) {
    at(name, dns::Type::ptr).names.push_back(host);
    return *this;
}

dns::Answer Zone::look_up(const dns::Question& question) const {
    const auto answer = answers_.find(question);
    if (answer != answers_.end()) {
        return answer->second;
    }
    return otherwise ? otherwise(question) : dns::no_name();
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string repeated;
    repeated.reserve(text.size() * times);
    for (; times > 0; --times) {
        repeated += text;
    }
    return repeated;
}

Bomb plain(std::string name) {
    Bomb bomb;
    bomb.name = std::move(name);
    bomb.fields = {{"From", " any@evil.test"}, {"To", " bob@example.net"}, {"Subject", " hello"}};
    bomb.zone.txt("evil.test", "v=spf1 ip4:203.0.113.0/24 -all")
        .txt("_dmarc.evil.test", "v=DMARC1; p=reject");
    return bomb;
}

std::vector<Bomb> all_bombs() {
    std::vector<Bomb> all;
    for (auto list : {header_bombs(), author_bombs(), result_bombs(), signature_bombs(), key_bombs(),
                      sender_bombs(), policy_bombs(), body_bombs(), combined_bombs()}) {
        std::move(list.begin(), list.end(), std::back_inserter(all));
    }
    return all;
}

} // namespace hostile
