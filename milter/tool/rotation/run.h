// One run of the rotation of a domain's keys: asks keys::Rotation what to do, has it done, and writes each
// step down as that asks for. What it does to the world goes through Hands, so that a test can break
// off anywhere.
#pragma once

#include "base/result.h"
#include "keys/rotation_journal.h"

#include <set>
#include <string>
#include <vector>

namespace milter::tool::rotation {

class Hands {
  public:
    using Done = base::Result<void, std::string>;

    virtual ~Hands() = default;
    [[nodiscard]] virtual keys::Moment now() = 0;
    // Of the keys whose records are there or should be.
    [[nodiscard]] virtual std::vector<keys::Observation> look(const keys::RotationJournal& journal) = 0;
    // Whether there is a record of that selector which is none of ours.
    [[nodiscard]] virtual base::Result<bool, std::string> is_taken(const std::string& selector) = 0;
    // Each may be done a second time. The file of the key; `journal` does not have it yet.
    [[nodiscard]] virtual base::Result<std::string, std::string> generate(const std::string& selector) = 0;
    // `journal` as it is while the record of the key is there.
    [[nodiscard]] virtual Done publish(const keys::RotationJournal& journal, const std::string& selector) = 0;
    // As it will be without the record.
    [[nodiscard]] virtual Done withdraw(const keys::RotationJournal& journal,
                                        const std::string& selector) = 0;
    // From its return on the daemon signs with these selectors, and nothing else of what rotates. Does
    // nothing where it does so already.
    [[nodiscard]] virtual Done sign_with(const keys::RotationJournal& journal,
                                         const std::set<std::string>& selectors) = 0;
    [[nodiscard]] virtual Done save(const keys::RotationJournal& journal) = 0;
    virtual void say(const std::string& text) = 0;
    virtual void warn(const std::string& text) = 0;
};

struct Outcome {
    bool failed = false;  // something could not be done; the next run tries again
    bool alarmed = false; // the operator is to look
};

// Which keys sign, as far as that is written down as done. Of `begun` it is known that it may.
[[nodiscard]] std::set<std::string> signing_selectors(const keys::RotationJournal& journal,
                                                      const std::string& begun = {});

[[nodiscard]] Outcome run_rotation(keys::RotationJournal& journal, keys::RotationPlan plan, Hands& hands);

} // namespace milter::tool::rotation
