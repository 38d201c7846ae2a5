// The keys of one domain on one of the hosts that share them: brought from the store into the files from
// which this host's daemon signs, and changed in the store.
#pragma once

#include "config/settings.h"
#include "milter/tool/rotation/files.h"
#include "milter/tool/rotation/host_files.h"
#include "milter/tool/rotation/store.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace milter::tool::rotation {

// What all domains have in common.
struct Sharing {
    Store& store;
    HostFiles host_files;
    std::string host; // id
    std::string name; // for people
};

class SharedKeys {
  public:
    using Done = base::Result<void, std::string>;

    SharedKeys(const Sharing& sharing, const Files& files, std::string domain,
               const config::DomainEntry& entry)
        : sharing_(sharing), files_(files), domain_(std::move(domain)), entry_(entry),
          shared_(keys::SharedRotation::of(domain_)) {}

    // Takes over what is in the store: names this host in it, and writes keys and journal to files. Refused:
    // it is older than what was there, or this host has keys that the store does not know.
    [[nodiscard]] Done fetch();
    // Whether the store has keys of the domain.
    [[nodiscard]] bool is_there() const { return row_.revision != 0; }

    // Puts back into the store what this host saw last. False: what is there is not older. `before`: the key
    // that the store had when this host looked; null: the one that it has now.
    [[nodiscard]] base::Result<bool, std::string> restore(const crypto::SealingKey* before = nullptr) const;

    // With this host's files. Of none that are there: empty.
    [[nodiscard]] keys::RotationJournal journal() const;
    // Takes over from `journal`, whose files are this host's. When that fails, nobody knows what the store
    // has: nothing more is to be done then.
    [[nodiscard]] Done save(const keys::RotationJournal& journal);
    [[nodiscard]] bool is_cut_off() const { return is_cut_off_; }

    // With these another host may sign, which has not said that it stopped.
    [[nodiscard]] std::set<std::string> held() const { return keys::held_selectors(shared_, servings_); }
    [[nodiscard]] std::vector<std::string> late() const { return keys::late_hosts(shared_, servings_); }
    // The daemon of this host signs with these, as that edition has it.
    [[nodiscard]] Done tell(std::uint64_t edition, const std::set<std::string>& selectors);

  private:
    [[nodiscard]] Done check_age(const std::optional<Store::Entry>& entry) const;
    [[nodiscard]] Done check_own_keys(const Store::Entry& entry) const;
    [[nodiscard]] Done write_key(const std::string& selector, const std::string& pem) const;
    [[nodiscard]] Done put();
    [[nodiscard]] std::string file_of(const std::string& selector) const;

    const Sharing& sharing_;
    const Files& files_;
    std::string domain_;
    const config::DomainEntry& entry_;
    StoreRows::Row row_{}; // of revision 0: there is none
    keys::SharedRotation shared_;
    keys::Servings servings_;
    bool is_cut_off_ = false;
};

} // namespace milter::tool::rotation
