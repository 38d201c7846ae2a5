#include "keys/domain_keys.h"

#include <fmt/format.h>

namespace keys {

namespace {

bool is_for_names_below(const KeyOptions::DomainKey& key) {
    return key.manner && !key.manner->itself;
}

} // namespace

std::string entry_of(const KeyOptions::DomainKey& key) {
    if (key.domain.empty()) {
        return "default";
    }
    return (is_for_names_below(key) ? "*." : "") + key.domain;
}

DomainKeys::DomainKeys(const KeyOptions& options, std::vector<Problem>& problems) : options_(options) {
    by_domain_.reserve(options.domain_keys.size());
    for (const KeyOptions::DomainKey& key : options.domain_keys) {
        (is_for_names_below(key) ? by_parent_ : by_domain_)[key.domain].push_back(&key);
    }
    for (const std::string& name : options.default_domains) {
        if (!list_.add(name)) {
            problems.push_back({name, 0, "is not a domain name"});
        }
    }
    if (!options.default_table.empty()) {
        list_.read(options.default_table, problems);
    }
}

DomainKeys::Keys DomainKeys::find(const base::DomainName& author_domain) const {
    if (const auto own = by_domain_.find(author_domain.text()); own != by_domain_.end()) {
        return own->second;
    }
    Keys result;
    // A name has 127 labels at most.
    for (auto name = author_domain.parent(); name && result.empty(); name = name->parent()) {
        if (const auto below = by_parent_.find(name->text()); below != by_parent_.end()) {
            return below->second;
        }
        if (const auto found = by_domain_.find(name->text()); found != by_domain_.end()) {
            for (const KeyOptions::DomainKey* key : found->second) {
                if (key->subdomains) {
                    result.push_back(key);
                }
            }
        }
    }
    return result;
}

DomainKeys::Keys DomainKeys::find_default(const base::DomainName& author_domain) const {
    return list_.contains(author_domain) ? default_keys() : Keys();
}

DomainKeys::Keys DomainKeys::default_keys() const {
    Keys result;
    for (const KeyOptions::DomainKey& key : options_.default_keys) {
        result.push_back(&key);
    }
    return result;
}

} // namespace keys
