// The keys that are named for single domains, for the names below one, and for all domains of a list.
#pragma once

#include "base/domain_name.h"
#include "keys/domain_list.h"
#include "keys/key_store.h"
#include "keys/string_map.h"

#include <string>
#include <vector>

namespace keys {

class DomainKeys {
  public:
    // `options` must outlive it.
    DomainKeys(const KeyOptions& options, std::vector<Problem>& problems);

    using Keys = std::vector<const KeyOptions::DomainKey*>;

    // Of the nearest entry that is for the domain: of that name, else "*.NAME" or one with `subdomains`, the
    // nearest above it first. Of an entry whose keys are silent there is one that says so.
    [[nodiscard]] Keys find(const base::DomainName& author_domain) const;
    // Those for the domains of the list, if this is one of them.
    [[nodiscard]] Keys find_default(const base::DomainName& author_domain) const;
    // Those for every domain that a source has in its list.
    [[nodiscard]] Keys default_keys() const;

    [[nodiscard]] std::size_t listed() const { return list_.size(); }

  private:
    const KeyOptions& options_;
    StringMap<Keys> by_domain_;
    StringMap<Keys> by_parent_; // NAME of "*.NAME"
    DomainList list_;
};

// How the entry that names the key is called: "example.org", "*.example.org", "default".
[[nodiscard]] std::string entry_of(const KeyOptions::DomainKey& key);

} // namespace keys
