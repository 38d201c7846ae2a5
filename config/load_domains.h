// `domains:` of the main file and of the included ones.
#pragma once

#include "base/domain_name.h"
#include "config/load_fields.h"

#include <map>
#include <string>
#include <unordered_map>

namespace config {

// Gathers the domains of all files; a domain may be given once.
class DomainLoader {
  public:
    DomainLoader(std::map<std::string, DomainEntry>& domains, Report& report)
        : domains_(domains), report_(report) {}

    // Nobody will ask for setting_places().
    void keep_no_places() { keeps_places_ = false; }

    void load(const Pair& pair, const File& file);
    // Where each domain is given.
    [[nodiscard]] const std::unordered_map<std::string, Place>& places() const { return places_; }
    // Where each setting of a domain is given, by "domains.NAME.keys".
    [[nodiscard]] const std::unordered_map<std::string, Place>& setting_places() const {
        return setting_places_;
    }

  private:
    void load_domain(const Pair& pair, const File& file);
    void load_keys(const Pair& pair, const std::string& prefix, const std::string& domain, DomainEntry& entry,
                   const File& file);
    void load_key(const TreeNode& item, const std::string& prefix, const std::string& domain,
                  DomainEntry& entry, const File& file);
    // False when no signature can bear the name.
    [[nodiscard]] bool check_domain(const base::DomainName& domain, const std::string& written,
                                    const Place& place);
    // The name in A-labels if it is one that was not given before.
    [[nodiscard]] std::optional<std::string> new_domain(const TreeNode& name, const File& file);

    std::map<std::string, DomainEntry>& domains_;
    Report& report_;
    bool keeps_places_ = true;
    std::unordered_map<std::string, Place> places_;
    std::unordered_map<std::string, Place> setting_places_;
};

} // namespace config
