// `domains:` of the main file and of the included ones, and `default:`.
#pragma once

#include "base/domain_name.h"
#include "config/load_fields.h"
#include "config/load_rotation.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace config {

// Gathers the domains of all files; a domain may be given once.
class DomainLoader {
  public:
    DomainLoader(std::map<std::string, DomainEntry>& domains, DefaultEntry& default_keys,
                 RotationLoader& rotation, Report& report)
        : domains_(domains), default_keys_(default_keys), rotation_(rotation), report_(report) {}

    // Of setting_places(), only the lists of fields are wanted.
    void keep_no_places() { keeps_places_ = false; }

    void load(const Pair& pair, const File& file);
    void load_default(const Pair& pair, const File& file);
    // What shows when all files are read.
    void finish();
    // Where each domain is given.
    [[nodiscard]] const std::unordered_map<std::string, Place>& places() const { return places_; }
    // Where each setting of a domain is given, by "domains.NAME.keys".
    [[nodiscard]] const std::unordered_map<std::string, Place>& setting_places() const {
        return setting_places_;
    }

  private:
    // Whose keys are read.
    struct Owner {
        std::string name;   // for the reader: "example.com"
        std::string prefix; // "domains.example.com."
        std::string domain; // that the signatures name (d=); empty: the author's
    };

    void load_domain(const Pair& pair, const File& file);
    // What is not of the entry itself goes to `other`.
    void load_entry(const Pair& pair, Owner owner, DomainEntry& entry, const File& file,
                    const std::function<bool(const Pair&)>& other);
    [[nodiscard]] bool load_own(const Pair& pair, const std::string& prefix, DomainSigning& own,
                                const File& file);
    void load_used_by(const Pair& pair, const std::string& prefix, DomainSigning& own, const File& file);
    // Settles which domain the signatures name.
    void settle_domain(DomainSigning& own, Owner& owner, const Place& place);
    void load_keys(const Pair& pair, const Owner& owner, DomainEntry& entry, const File& file);
    void load_key(const TreeNode& item, const Owner& owner, DomainEntry& entry, const File& file);
    // False when no signature can bear the name.
    [[nodiscard]] bool check_domain(const base::DomainName& domain, const std::string& written,
                                    const Place& place);
    // The name in A-labels if it is one that was not given before.
    [[nodiscard]] std::optional<std::string> new_domain(const TreeNode& name, const File& file);

    std::map<std::string, DomainEntry>& domains_;
    DefaultEntry& default_keys_;
    RotationLoader& rotation_;
    Report& report_;
    bool keeps_places_ = true;
    std::unordered_map<std::string, Place> places_;
    std::unordered_map<std::string, Place> setting_places_;
};

} // namespace config
