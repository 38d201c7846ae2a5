// The entry of `domains`, or `default`, that is for a domain, found as the daemon finds it.
#pragma once

#include "base/domain_name.h"
#include "config/settings.h"
#include "keys/domain_keys.h"
#include "keys/keyed_domains.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

class DomainEntries {
  public:
    // `settings` must outlive it.
    explicit DomainEntries(const config::Settings& settings);

    struct Found {
        std::string name; // "example.org", "*.example.org", "default"
        const config::DomainEntry* entry;
        bool is_default;
        std::string signing_domain; // d= of mail from the domain
    };
    [[nodiscard]] std::optional<Found> find(const base::DomainName& domain) const;
    // Why nobody knows whether `default` is for a domain that nothing else is for; empty: it is known.
    [[nodiscard]] std::string undecided(const base::DomainName& domain) const;

  private:
    [[nodiscard]] keys::KeyedDomainList::Found ask(const base::DomainName& domain) const;

    const config::Settings& settings_;
    keys::KeyOptions options_;
    std::vector<keys::Problem> problems_; // check-config tells them
    keys::DomainKeys keys_;
    std::shared_ptr<const keys::KeyedDomainList> listed_; // null: the list is in memory
};

} // namespace milter::tool
