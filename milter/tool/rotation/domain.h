// The rotation of one domain's keys in the world: files, name servers, the daemon.
#pragma once

#include "config/settings.h"
#include "milter/tool/live_record.h"
#include "milter/tool/rotation/files.h"
#include "milter/tool/rotation/record_publisher.h"
#include "milter/tool/rotation/run.h"

#include <functional>
#include <string>

namespace milter::tool::rotation {

// What all domains have in common.
struct World {
    const config::Settings& settings;
    const Files& files;
    Recursion recursion;
    AskAll ask_all;
    Console& console;
};

// By the kernel's count and the clock.
[[nodiscard]] base::Result<keys::Moment, std::string> moment_now();

[[nodiscard]] keys::RotationPlan plan_of(const config::Rotation& rotation);

class DomainRotation : public Hands {
  public:
    DomainRotation(const World& world, const std::string& domain, const config::DomainEntry& entry,
                   keys::Moment begin);

    // The journal, with the keys that signed before it was there. Selectors of other keys go to the plan.
    [[nodiscard]] virtual base::Result<keys::RotationJournal, std::string> open(keys::RotationPlan& plan);
    // False: another host changes them.
    [[nodiscard]] virtual bool is_mine() const { return true; }
    // The longest that servers of the zone have a negative answer remembered.
    [[nodiscard]] std::chrono::seconds negative_ttl(const std::string& selector) const;

    keys::Moment now() override;
    std::vector<keys::Observation> look(const keys::RotationJournal& journal) override;
    base::Result<bool, std::string> is_taken(const std::string& selector) override;
    base::Result<std::string, std::string> generate(const std::string& selector,
                                                    crypto::KeyType type) override;
    Done publish(const keys::RotationJournal& journal, const std::string& selector) override;
    Done withdraw(const keys::RotationJournal& journal, const std::string& selector) override;
    base::Result<bool, std::string> offer(const keys::RotationJournal& journal,
                                          const std::set<std::string>& selectors) override;
    Done is_taken_up(const keys::RotationJournal& journal, const std::set<std::string>& selectors,
                     const ReloadAnswer& answer) override;
    base::Result<std::string, std::string> reveal(const keys::RotationJournal& journal,
                                                  const std::string& selector) override;
    Done save(const keys::RotationJournal& journal) override;
    void say(const std::string& text) override;
    void warn(const std::string& text) override;

  private:
    [[nodiscard]] LiveRecord live(const std::string& selector) const;
    [[nodiscard]] base::Result<KeyRecord, std::string> record_of(const keys::RotationJournal& journal,
                                                                 const std::string& selector) const;
    Done change(bool adds, const keys::RotationJournal& journal, const std::string& selector);
    [[nodiscard]] Done adopt(const config::SigningKeyEntry& entry, crypto::KeyType type,
                             keys::RotationJournal& journal) const;

    const World& world_;
    const std::string& domain_;
    const config::DomainEntry& entry_;
    keys::Moment begin_;
};

} // namespace milter::tool::rotation
