#include "support/world/zone.h"

#include "base/ascii.h"
#include "dns/answers_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace test {

namespace {

constexpr std::array all_types = {dns::Type::a,   dns::Type::aaaa, dns::Type::mx,
                                  dns::Type::txt, dns::Type::ptr,  dns::Type::cname};

// The address of a PTR question may stand for its reverse name.
std::string owner(std::string_view type, std::string_view name) {
    const auto address = type == "PTR" ? base::IpAddress::parse(name) : std::nullopt;
    return address ? address->reverse_name() : base::to_lower(name);
}

std::string escaped_host(std::string_view host) {
    return dns::escape_name(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
}

bool is_status(std::string_view record) {
    return record == "NXDOMAIN" || record == "NODATA" || record.starts_with("FAILED ");
}

// The record as the answers file has it.
std::string file_form(std::string_view type, std::string_view record) {
    for (const std::string_view flag : {"[aliased] ", "[secure] "}) {
        if (record.starts_with(flag)) {
            return std::string(flag) + file_form(type, record.substr(flag.size()));
        }
    }
    if (is_status(record)) {
        return std::string(record);
    }
    if (type == "TXT") {
        return dns::quote(record);
    }
    if (type == "PTR" || type == "CNAME") {
        return escaped_host(record);
    }
    if (type == "MX") {
        const auto blank = std::min(record.find(' '), record.size() - 1);
        return fmt::format("{} {}", record.substr(0, blank), escaped_host(record.substr(blank + 1)));
    }
    return std::string(record);
}

dns::Answer parse_record(std::string_view type, std::string_view record) {
    // A status needs no type: any will do.
    const auto known_type = type == "*" ? "TXT" : type;
    const auto line = fmt::format("x {} {}", known_type, file_form(type, record));
    const auto parsed = dns::parse_answers(line);
    if (!parsed) {
        throw std::invalid_argument(fmt::format("{}: {}", parsed.error().message, line));
    }
    return *parsed->begin()->second;
}

template <class List>
void append(List& list, const List& more) {
    list.insert(list.end(), more.begin(), more.end());
}

// One more record of an answer; a status takes the place of what was there.
void merge(dns::Answer& answer, dns::Answer more) {
    if (answer.status != dns::Status::found || more.status != dns::Status::found) {
        answer = std::move(more);
        return;
    }
    append(answer.addresses, more.addresses);
    append(answer.exchanges, more.exchanges);
    append(answer.texts, more.texts);
    append(answer.names, more.names);
}

} // namespace

Zone::Zone(std::initializer_list<Line> lines) : Zone(Lines(lines)) {}

Zone::Zone(const Lines& lines) {
    for (const auto& [question, record] : lines) {
        add(question, record);
    }
}

base::Result<Zone, dns::AnswersError> Zone::parse(std::string_view text) {
    const auto answers = dns::parse_answers(text);
    if (!answers) {
        return tl::make_unexpected(answers.error());
    }
    Zone zone;
    for (const auto& [question, answer] : *answers) {
        zone.set(question, *answer);
    }
    return zone;
}

Zone& Zone::add(std::string_view question, std::string_view record) {
    const auto blank = std::min(question.find(' '), question.size() - 1);
    const auto type_text = question.substr(0, blank);
    const auto name = owner(type_text, question.substr(blank + 1));
    const auto type = dns::parse_type(type_text);
    if (!type && type_text != "*") {
        throw std::invalid_argument(fmt::format("no such question: {}", question));
    }
    auto& answer = type ? records_[{name, *type}] : any_type_[name];
    merge(answer, parse_record(type_text, record));
    note_existence(name, answer);
    return *this;
}

Zone& Zone::set(const dns::Question& question, dns::Answer answer) {
    note_existence(question.name, answer);
    records_[question] = std::move(answer);
    return *this;
}

const dns::Answer* Zone::find(const dns::Question& question) const {
    if (const auto found = records_.find(question); found != records_.end()) {
        return &found->second;
    }
    const auto any = any_type_.find(question.name);
    return any == any_type_.end() ? nullptr : &any->second;
}

// As a DNS server does it (RFC 1034 4.3.2 step 3a).
dns::Answer Zone::answer(const dns::Question& question) const {
    constexpr std::size_t longest_chain = 10;
    dns::Question at = question;
    for (std::size_t aliases = 0; aliases < longest_chain; ++aliases) {
        const dns::Answer* found = find(at);
        const std::string* target = found == nullptr ? alias_of(at) : nullptr;
        if (target != nullptr) {
            at.name = *target;
            continue;
        }
        auto answer = found != nullptr ? *found : substitute(at);
        answer.aliased = answer.aliased || aliases > 0;
        return answer;
    }
    return dns::failed(dns::Failure::server_failure); // a circle
}

dns::Answer Zone::substitute(const dns::Question& question) const {
    if (auto answer = otherwise_ ? otherwise_(question) : std::nullopt) {
        return *std::move(answer);
    }
    return exists(question.name) ? dns::no_data() : dns::no_name();
}

dns::Answers Zone::answers() const {
    dns::Answers all;
    for (const auto& [question, answer] : records_) {
        all.insert(question, answer);
    }
    return all;
}

dns::Answers Zone::everything() const {
    std::set<std::string> owners;
    for (const auto& [question, answer] : records_) {
        owners.insert(question.name);
    }
    for (const auto& [name, answer] : any_type_) {
        owners.insert(name);
    }
    dns::Answers all;
    for (const auto& name : owners) {
        for (const auto type : all_types) {
            all.insert({name, type}, answer({name, type}));
        }
    }
    return all;
}

void Zone::note_existence(std::string_view name, const dns::Answer& answer) {
    if (answer.status == dns::Status::no_name && !answer.aliased) {
        return;
    }
    while (existing_.emplace(name).second && name.find('.') != std::string_view::npos) {
        name.remove_prefix(name.find('.') + 1);
    }
}

const std::string* Zone::alias_of(const dns::Question& question) const {
    const auto alias = records_.find({question.name, dns::Type::cname});
    const bool leads =
        question.type != dns::Type::cname && alias != records_.end() && !alias->second.names.empty();
    return leads ? &alias->second.names.front() : nullptr;
}

} // namespace test
