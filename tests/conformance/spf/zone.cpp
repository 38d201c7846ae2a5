#include "conformance/spf/zone.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

struct Entry {
    std::string type; // "A", "TXT", ...; "TIMEOUT" for a server that stops answering here
    Fields fields;    // of the record data; more than one for MX, and for TXT in pieces
};
using Entries = std::vector<Entry>;

// Records of the retired type SPF are TXT records as well, unless the name has TXT records of its own, or
// says that it has none ("TXT: NONE").
Entries load(const YAML::Node& records) {
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

std::string record_of(const Entry& entry) {
    if (entry.type == "TXT") {
        return joined(entry.fields);
    }
    return fmt::format("{}", fmt::join(entry.fields, " "));
}

// From a TIMEOUT on nothing more is heard of the name; one that stands in for a record ends those of its
// type.
void add_entries(test::Zone& zone, const std::string& name, const Entries& entries) {
    std::set<std::string> ended;
    for (const Entry& entry : entries) {
        if (entry.type == "TIMEOUT") {
            zone.add("* " + name, "FAILED timeout");
            return;
        }
        const auto type = dns::parse_type(entry.type);
        if (!type || ended.contains(entry.type)) {
            continue;
        }
        const bool ends = is_word(entry.fields, "TIMEOUT");
        if (ends) {
            ended.insert(entry.type);
        }
        if (!ends || zone.find({name, *type}) == nullptr) {
            zone.add(entry.type + ' ' + name, ends ? "FAILED timeout" : record_of(entry));
        }
    }
    if (!zone.exists(name)) {
        zone.add("* " + name, "NODATA");
    }
}

} // namespace

test::Zone read_zone(const YAML::Node& zonedata) {
    test::Zone zone;
    for (const auto& entry : zonedata) {
        add_entries(zone, lower_name(entry.first.Scalar()), load(entry.second));
    }
    zone.otherwise([](const dns::Question& question) {
        return question.name.starts_with("error.") ? std::optional(dns::failed(dns::Failure::timeout))
                                                   : std::nullopt;
    });
    return zone;
}

} // namespace suite
