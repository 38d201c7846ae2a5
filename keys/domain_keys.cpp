#include "keys/domain_keys.h"

#include <optional>

namespace keys {

DomainKeys::DomainKeys(const std::vector<KeyOptions::DomainKey>& keys) {
    for (const KeyOptions::DomainKey& key : keys) {
        by_domain_[key.domain].push_back(key);
    }
}

std::vector<const KeyOptions::DomainKey*> DomainKeys::find(const base::DomainName& author_domain) const {
    std::vector<const KeyOptions::DomainKey*> result;
    // A name has 127 labels at most.
    for (std::optional<base::DomainName> name = author_domain; name && result.empty();
         name = name->parent()) {
        const auto found = by_domain_.find(name->text());
        if (found == by_domain_.end()) {
            continue;
        }
        for (const KeyOptions::DomainKey& key : found->second) {
            if (key.subdomains || *name == author_domain) {
                result.push_back(&key);
            }
        }
    }
    return result;
}

} // namespace keys
