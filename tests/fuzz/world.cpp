#include "fuzz/world.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "support/keys.h"

#include <algorithm>
#include <charconv>

namespace fuzz {

namespace {

constexpr std::size_t most_lines = 200;

// The text up to the separator, which is dropped with it.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return taken;
}

bool set_special(dns::Answer& answer, std::string_view data) {
    if (data == "NODATA") {
        answer = dns::no_data();
    } else if (data == "NXDOMAIN") {
        answer = dns::no_name();
    } else if (data == "ALIASED") {
        answer = dns::no_name();
        answer.aliased = true;
    } else if (data == "TIMEOUT") {
        answer = dns::failed(dns::Failure::timeout);
    } else if (data == "SERVFAIL") {
        answer = dns::failed(dns::Failure::server_failure);
    } else if (data == "REFUSED") {
        answer = dns::failed(dns::Failure::refused);
    } else if (data == "MALFORMED") {
        answer = dns::failed(dns::Failure::malformed);
    } else {
        return false;
    }
    return true;
}

// A host as the resolver would hand it over: lower case, no final dot, a name that can be asked for.
std::string host(std::string_view text) {
    const auto question = dns::make_question(text, dns::Type::a);
    return question ? question->name : std::string();
}

dns::MailExchange exchange(std::string_view data) {
    const auto preference = take(data, ' ');
    dns::MailExchange result;
    std::from_chars(preference.data(), preference.data() + preference.size(), result.preference);
    result.host = host(data);
    return result;
}

void add_data(dns::Answer& answer, dns::Type type, std::string_view data) {
    switch (type) {
    case dns::Type::txt:
        answer.texts.emplace_back(data);
        break;
    case dns::Type::mx:
        answer.exchanges.push_back(exchange(data));
        break;
    case dns::Type::ptr:
    case dns::Type::cname:
        answer.names.push_back(host(data));
        break;
    case dns::Type::a:
    case dns::Type::aaaa: {
        const auto address = base::IpAddress::parse(data);
        if (!address || address->is_v4() != (type == dns::Type::a)) {
            return;
        }
        answer.addresses.push_back(*address);
        break;
    }
    }
    answer.status = dns::Status::found;
    answer.failure = dns::Failure::none;
}

std::string with_keys(std::string_view data) {
    std::string text(data);
    for (const char* name : {"rsa", "ed25519"}) {
        const auto place = "${" + std::string(name) + "}";
        if (const auto at = text.find(place); at != std::string::npos) {
            text.replace(at, place.size(), base::base64_encode(test_key(name).public_record_bytes()));
        }
    }
    return text;
}

} // namespace

World::World(std::string_view input) {
    for (std::size_t lines = 0; !input.empty() && lines < most_lines; ++lines) {
        const auto line = take(input, '\n');
        if (line.empty() || line == "\r") {
            break;
        }
        read_line(line);
    }
    rest_ = input;
    zone_.otherwise([wild = zone_](const dns::Question& question) {
        const dns::Answer* answer = wild.find({"*", question.type});
        return answer == nullptr ? std::nullopt : std::optional(*answer);
    });
}

void World::read_line(std::string_view line) {
    std::string_view rest = line;
    const auto first = take(rest, ' ');
    std::string_view data = rest;
    const auto type = dns::parse_type(take(data, ' '));
    const auto question = dns::make_question(first, type.value_or(dns::Type::txt));
    if (!type || !question) {
        facts_.emplace_back(first, rest);
        return;
    }
    const dns::Answer* before = zone_.find(*question);
    auto answer = before == nullptr ? dns::Answer() : *before;
    if (!set_special(answer, data)) {
        add_data(answer, *type, with_keys(data));
    }
    zone_.set(*question, std::move(answer));
}

std::string World::fact(std::string_view name) const {
    const auto all = facts(name);
    return all.empty() ? std::string() : all.front();
}

std::vector<std::string> World::facts(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& [word, text] : facts_) {
        if (word == name) {
            found.push_back(text);
        }
    }
    return found;
}

const crypto::SigningKey& test_key(std::string_view name) {
    static const auto rsa = crypto::SigningKey::from_pem(support::rsa_pem).value();
    static const auto ed25519 = crypto::SigningKey::from_pem(support::ed25519_pem).value();
    return name == "rsa" ? rsa : ed25519;
}

} // namespace fuzz
