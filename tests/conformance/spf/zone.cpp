#include "conformance/spf/zone.h"

#include "base/ascii.h"

#include <algorithm>
#include <string>

namespace suite {

namespace {

std::string lower_name(std::string_view text) {
    std::string name = base::to_lower(text);
    if (name.ends_with('.')) {
        name.pop_back();
    }
    return name;
}

using Fields = std::vector<std::string>;

Fields read_fields(const YAML::Node& value) {
    if (!value.IsSequence()) {
        return {value.Scalar()};
    }
    Fields fields;
    for (const YAML::Node& field : value) {
        fields.push_back(field.Scalar());
    }
    return fields;
}

bool is_word(const Fields& fields, std::string_view word) {
    return fields.size() == 1 && fields.front() == word;
}

// RFC 7208 3.3: the strings of one TXT record are joined without blanks.
std::string joined(const Fields& fields) {
    std::string text;
    for (const std::string& field : fields) {
        text += field;
    }
    return text;
}

void add_record(dns::Answer& answer, dns::Type type, const Fields& fields) {
    switch (type) {
    case dns::Type::a:
    case dns::Type::aaaa:
        answer.addresses.push_back(base::IpAddress::parse(fields.at(0)).value());
        break;
    case dns::Type::mx:
        answer.exchanges.push_back(
            {static_cast<std::uint16_t>(std::stoul(fields.at(0))), lower_name(fields.at(1))});
        break;
    case dns::Type::txt:
        answer.texts.push_back(joined(fields));
        break;
    case dns::Type::ptr:
    case dns::Type::cname:
        answer.names.push_back(lower_name(fields.at(0)));
        break;
    }
}

} // namespace

Zone::Zone(const YAML::Node& zonedata) {
    for (const auto& entry : zonedata) {
        names_[lower_name(entry.first.Scalar())] = load(entry.second);
    }
}

// Records of the retired type SPF are TXT records as well, unless the name has TXT records of its own, or
// says that it has none ("TXT: NONE").
Zone::Entries Zone::load(const YAML::Node& records) {
    Entries entries;
    Entries generated;
    bool generate = true;
    for (const YAML::Node& record : records) {
        if (record.IsScalar()) {
            entries.push_back({record.Scalar(), {}});
            continue;
        }
        for (const auto& entry : record) {
            const std::string type = entry.first.Scalar();
            const Fields fields = read_fields(entry.second);
            if (type == "SPF") {
                generated.push_back({"TXT", fields});
                continue;
            }
            generate = generate && type != "TXT";
            if (!is_word(fields, "NONE")) {
                entries.push_back({type, fields});
            }
        }
    }
    if (generate) {
        entries.insert(entries.end(), generated.begin(), generated.end());
    }
    return entries;
}

const Zone::Entries* Zone::find(const std::string& name) const {
    const auto entry = names_.find(name);
    return entry == names_.end() ? nullptr : &entry->second;
}

// NXDOMAIN, unless a name below exists (an empty non-terminal).
dns::Answer Zone::nothing(const std::string& name) const {
    if (name.starts_with("error.")) {
        return dns::failed(dns::Failure::timeout);
    }
    const bool below = std::any_of(names_.begin(), names_.end(),
                                   [&](const auto& entry) { return entry.first.ends_with("." + name); });
    return below ? dns::no_data() : dns::no_name();
}

dns::Answer Zone::answer(const dns::Question& question) const {
    constexpr int longest_chain = 10;
    std::string name = question.name;
    dns::Answer answer;
    for (int links = 0; links < longest_chain; ++links) {
        const Entries* entries = find(name);
        if (entries == nullptr) {
            return nothing(name);
        }
        std::string alias;
        for (const Entry& entry : *entries) {
            const bool asked = entry.type == print(question.type);
            if (entry.type == "TIMEOUT" || (asked && is_word(entry.fields, "TIMEOUT"))) {
                return answer.status == dns::Status::found ? answer : dns::failed(dns::Failure::timeout);
            }
            if (asked) {
                answer.status = dns::Status::found;
                add_record(answer, question.type, entry.fields);
            } else if (entry.type == "CNAME") {
                alias = lower_name(entry.fields.at(0));
            }
        }
        if (answer.status == dns::Status::found) {
            return answer;
        }
        if (alias.empty()) {
            return dns::no_data();
        }
        name = alias;
    }
    return dns::failed(dns::Failure::server_failure);
}

} // namespace suite
