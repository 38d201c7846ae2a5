// The entry of `domains`, or `default`, that is for a domain, found as the daemon finds it.
#pragma once

#include "base/domain_name.h"
#include "config/settings.h"
#include "keys/domain_keys.h"

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

  private:
    const config::Settings& settings_;
    keys::KeyOptions options_;
    std::vector<keys::Problem> problems_; // check-config tells them
    keys::DomainKeys keys_;
};

} // namespace milter::tool
