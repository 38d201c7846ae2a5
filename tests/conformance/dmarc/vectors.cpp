#include "conformance/dmarc/vectors.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <stdexcept>

namespace dmarc_test {

namespace {

using nlohmann::json;

const std::set<std::string> vector_keys{"id",       "about",   "txt",           "hosts",          "aliases",
                                        "servfail", "timeout", "refused",       "malformed",      "author",
                                        "spf",      "dkim",    "spf_temperror", "dkim_temperror", "discovery",
                                        "veto",     "expect"};
const std::set<std::string> expect_keys{"walk",    "asked", "org",  "policy_domain", "tag",   "policy",
                                        "applied", "spf",   "dkim", "result",        "vetoed"};

// A misspelt key would be a test that tests nothing.
void check_keys(const json& object, const std::set<std::string>& allowed, const std::string& where) {
    for (const auto& item : object.items()) {
        if (!allowed.contains(item.key())) {
            throw std::runtime_error(where + ": unknown key " + item.key());
        }
    }
}

std::vector<std::string> strings(const json& object, const char* key) {
    return object.value(key, std::vector<std::string>{});
}

std::optional<std::string> nullable(const json& object, const char* key) {
    const json& value = object.at(key);
    return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

std::optional<std::vector<std::string>> list_if_given(const json& object, const char* key) {
    return object.contains(key) ? std::optional(strings(object, key)) : std::nullopt;
}

base::DomainName domain(const std::string& text) {
    auto name = base::DomainName::parse(text);
    if (!name) {
        throw std::runtime_error("not a domain name: " + text);
    }
    return std::move(*name);
}

Zone read_zone(const json& entry) {
    Zone zone;
    for (const auto& [owner, records] : entry.at("txt").items()) {
        for (const std::string& record : records.get<std::vector<std::string>>()) {
            zone.add("TXT " + owner, record);
        }
    }
    for (const std::string& host : strings(entry, "hosts")) {
        zone.add("A " + host, "192.0.2.1");
    }
    for (const std::string& alias : strings(entry, "aliases")) {
        zone.add("CNAME " + alias, "nowhere.test");
    }
    for (const std::string kind : {"servfail", "timeout", "refused", "malformed"}) {
        for (const std::string& name : strings(entry, kind.c_str())) {
            zone.add("TXT " + name, "FAILED " + kind); // in place of records
        }
    }
    return zone;
}

dmarc::Request read_request(const json& entry) {
    dmarc::Request request{domain(entry.at("author").get<std::string>()), {}, {}};
    if (const auto spf = nullable(entry, "spf")) {
        request.spf = dmarc::Identifier{domain(*spf), dmarc::IdentifierState::pass};
    }
    if (entry.contains("spf_temperror")) {
        request.spf = dmarc::Identifier{domain(entry.at("spf_temperror").get<std::string>()),
                                        dmarc::IdentifierState::temperror};
    }
    for (const std::string& name : strings(entry, "dkim")) {
        request.dkim.push_back({domain(name), dmarc::IdentifierState::pass});
    }
    for (const std::string& name : strings(entry, "dkim_temperror")) {
        request.dkim.push_back({domain(name), dmarc::IdentifierState::temperror});
    }
    return request;
}

Expectation read_expectation(const json& entry) {
    Expectation expect;
    expect.walk = list_if_given(entry, "walk");
    expect.asked = list_if_given(entry, "asked");
    expect.has_org = entry.contains("org");
    if (expect.has_org) {
        expect.org = nullable(entry, "org");
    }
    expect.policy_domain = nullable(entry, "policy_domain");
    expect.tag = nullable(entry, "tag");
    expect.policy = nullable(entry, "policy");
    expect.applied = nullable(entry, "applied");
    expect.spf = nullable(entry, "spf");
    expect.dkim = nullable(entry, "dkim");
    expect.result = entry.at("result").get<std::string>();
    expect.vetoed = entry.value("vetoed", false);
    return expect;
}

Vector read_vector(const json& entry) {
    Vector vector{entry.at("id").get<std::string>(),
                  entry.at("about").get<std::string>(),
                  read_zone(entry),
                  read_request(entry),
                  dmarc::Discovery::tree_walk,
                  entry.value("veto", false),
                  read_expectation(entry.at("expect"))};
    check_keys(entry, vector_keys, vector.id);
    check_keys(entry.at("expect"), expect_keys, vector.id);
    const std::string discovery = entry.value("discovery", "tree_walk");
    if (discovery != "tree_walk" && discovery != "psl") {
        throw std::runtime_error(vector.id + ": unknown discovery " + discovery);
    }
    vector.discovery = discovery == "psl" ? dmarc::Discovery::psl : dmarc::Discovery::tree_walk;
    return vector;
}

} // namespace

std::vector<Vector> load_vectors(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error(path + ": cannot be opened");
    }
    std::vector<Vector> vectors;
    std::set<std::string> ids;
    const json document = json::parse(file);
    for (const json& entry : document.at("vectors")) {
        vectors.push_back(read_vector(entry));
        if (!ids.insert(vectors.back().id).second) {
            throw std::runtime_error(path + ": " + vectors.back().id + " is there twice");
        }
    }
    return vectors;
}

} // namespace dmarc_test
