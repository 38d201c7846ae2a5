// The rotation of a domain's keys that several hosts share: what is done to the world is done as on a host
// that is alone, and what is written down goes to the store first. Once that has failed nothing more is done:
// another host may have gone on.
#pragma once

#include "milter/tool/rotation/domain.h"
#include "milter/tool/rotation/shared_keys.h"

#include <set>
#include <string>

namespace milter::tool::rotation {

class SharedDomain final : public DomainRotation {
  public:
    SharedDomain(const World& world, const Sharing& sharing, const std::string& domain,
                 const config::DomainEntry& entry, keys::Moment begin)
        : DomainRotation(world, domain, entry, std::move(begin)), sharing_(sharing), domain_(domain),
          keys_(sharing, world.files, domain, entry) {}
    SharedDomain(const SharedDomain&) = delete;
    SharedDomain& operator=(const SharedDomain&) = delete;
    ~SharedDomain() override;

    // Until this object is gone no other host changes the keys, if it is_mine().
    base::Result<keys::RotationJournal, std::string> open(keys::RotationPlan& plan) override;
    // False: another host is at it, and this one only takes over what that did.
    [[nodiscard]] bool is_mine() const override { return is_mine_; }
    // What the store has, without changing it. Nothing: it has no keys of the domain.
    [[nodiscard]] base::Result<std::optional<keys::RotationJournal>, std::string> follow();

    keys::Moment now() override;
    base::Result<std::string, std::string> generate(const std::string& selector,
                                                    crypto::KeyType type) override;
    Done publish(const keys::RotationJournal& journal, const std::string& selector) override;
    Done withdraw(const keys::RotationJournal& journal, const std::string& selector) override;
    base::Result<bool, std::string> offer(const keys::RotationJournal& journal,
                                          const std::set<std::string>& selectors) override;
    base::Result<std::string, std::string> reveal(const keys::RotationJournal& journal,
                                                  const std::string& selector) override;
    Done save(const keys::RotationJournal& journal) override;
    std::set<std::string> held() override;
    Done settle(const keys::RotationJournal& journal, const std::set<std::string>& selectors) override;

  private:
    [[nodiscard]] Done may_go_on() const;

    const Sharing& sharing_;
    const std::string& domain_;
    SharedKeys keys_;
    bool is_mine_ = false;
};

} // namespace milter::tool::rotation
