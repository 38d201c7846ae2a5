#include "milter/tool/compare/dmarc_facts.h"

#include "base/ascii.h"
#include "milter/tool/import/programs.h"

#include <nlohmann/json.hpp>

namespace milter::tool::compare {

namespace {

using Json = nlohmann::json;

constexpr std::size_t most = 1000; // domains

std::string text_of(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json list_of(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_array() ? *found : Json::array();
}

int strictness(const std::string& policy) {
    return policy == "reject" ? 2 : policy == "quarantine" ? 1 : 0;
}

// np= counts for a name that does not exist, below the one with the record.
int effect_of_np(const Json& told) {
    const auto exists = told.find("exists");
    const bool counts = exists != told.end() && exists->is_boolean() && !exists->get<bool>();
    const int with = strictness(text_of(told, "non_existent_policy")),
              without = strictness(text_of(told, "subdomain_policy"));
    return !counts || with == without ? 0 : with > without ? 1 : -1;
}

} // namespace

DmarcFacts read_dmarc_facts(const std::string& json) {
    const auto told = Json::parse(json, nullptr, false);
    DmarcFacts facts;
    if (!told.is_object()) {
        return facts;
    }
    std::string records = text_of(told, "remark") + "\n";
    for (const auto& stop : list_of(told, "walk")) {
        records += text_of(stop, "remark") + "\n";
        if (!text_of(told, "policy_domain").empty() &&
            text_of(stop, "domain") == text_of(told, "policy_domain")) {
            facts.applied = base::to_lower(text_of(stop, "remark"));
        }
        for (const auto& diagnostic :
             list_of(stop.is_object() ? stop.value("record", Json()) : Json(), "diagnostics")) {
            records += diagnostic.is_string() ? diagnostic.get<std::string>() + "\n" : "";
        }
    }
    facts.records = base::to_lower(records);
    facts.trouble = text_of(told, "trouble");
    facts.np = effect_of_np(told);
    facts.organization = text_of(told, "organizational_domain");
    return facts;
}

const DmarcFacts& DmarcLookup::facts_of(const std::string& domain) {
    static const DmarcFacts none;
    const auto known = known_.find(domain);
    if (known != known_.end() || domain.empty() || known_.size() == most) {
        return known != known_.end() ? known->second : none;
    }
    const auto ended = import::run_paraph({"dmarc", "--json", domain});
    return known_[domain] = read_dmarc_facts(ended.output);
}

} // namespace milter::tool::compare
