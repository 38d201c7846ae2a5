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

std::string record_of(const std::string& type, const json& data) {
    if (type == "TXT") {
        return joined(data);
    }
    if (type == "MX") {
        return std::to_string(data.at(0).get<std::uint16_t>()) + ' ' + data.at(1).get<std::string>();
    }
    return data.get<std::string>();
}

} // namespace

test::Zone read_zone(const json& names) {
    test::Zone zone;
    for (const auto& [name, types] : names.items()) {
        if (types.contains("TIMEOUT")) {
            zone.add("* " + name, "FAILED timeout");
            continue;
        }
        for (const auto& [type, records] : types.items()) {
            for (const json& data : records) {
                zone.add(type + ' ' + name, record_of(type, data));
            }
        }
    }
    zone.otherwise([&names](const dns::Question& question) {
        return names.contains(question.name) ? dns::no_data() : dns::no_name();
    });
    return zone;
}

std::vector<std::string> names_of(const std::vector<dns::Question>& asked) {
    std::vector<std::string> names;
    for (const dns::Question& question : asked) {
        names.push_back(question.name);
    }
    return names;
}

} // namespace differential
