// The keys that are named for single domains.
#pragma once

#include "base/domain_name.h"
#include "keys/key_store.h"
#include "keys/string_map.h"

#include <vector>

namespace keys {

class DomainKeys {
  public:
    explicit DomainKeys(const std::vector<KeyOptions::DomainKey>& keys);

    // All keys of the domain, else those of the nearest domain above it that also sign for subdomains.
    [[nodiscard]] std::vector<const KeyOptions::DomainKey*> find(const base::DomainName& author_domain) const;

  private:
    StringMap<std::vector<KeyOptions::DomainKey>> by_domain_;
};

} // namespace keys
