// One run of the rotation of a domain's keys: asks keys::Rotation what to do, has it done, and writes each
// step down as that asks for. What it does to the world goes through Hands, so that a test can break
// off anywhere.
//
// Where the daemon has to read something, the run stops until it has: so one reload serves many domains.
#pragma once

#include "base/result.h"
#include "keys/rotation_journal.h"
#include "milter/tool/reload_answer.h"

#include <cstdint>
#include <memory>
#include <optional>
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
    [[nodiscard]] virtual base::Result<std::string, std::string> generate(const std::string& selector,
                                                                          crypto::KeyType type) = 0;
    // `journal` as it is while the record of the key is there.
    [[nodiscard]] virtual Done publish(const keys::RotationJournal& journal, const std::string& selector) = 0;
    // As it will be without the record.
    [[nodiscard]] virtual Done withdraw(const keys::RotationJournal& journal,
                                        const std::string& selector) = 0;
    // Puts where the daemon reads it that it is to sign with these selectors, and with nothing else of what
    // rotates. False: it has read that before.
    [[nodiscard]] virtual base::Result<bool, std::string> offer(const keys::RotationJournal& journal,
                                                                const std::set<std::string>& selectors) = 0;
    // Whether the daemon has taken what was offered, by its answer.
    [[nodiscard]] virtual Done is_taken_up(const keys::RotationJournal& journal,
                                           const std::set<std::string>& selectors,
                                           const ReloadAnswer& answer) = 0;
    // Makes the private key public. The file where it is from then on.
    [[nodiscard]] virtual base::Result<std::string, std::string> reveal(const keys::RotationJournal& journal,
                                                                        const std::string& selector) = 0;
    [[nodiscard]] virtual Done save(const keys::RotationJournal& journal) = 0;
    // Keys that stopped and with which another host may sign.
    [[nodiscard]] virtual std::set<std::string> held() { return {}; }
    // The daemon signs with these, which is what the journal that was saved has.
    [[nodiscard]] virtual Done settle(const keys::RotationJournal& journal,
                                      const std::set<std::string>& selectors);
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

// What the daemon said when it was asked to read its configuration again; the error: why it was not.
using Reload = base::Result<ReloadAnswer, std::string>;

class Run {
  public:
    Run(keys::RotationJournal journal, keys::RotationPlan plan, std::unique_ptr<Hands> hands);
    // One that only has the daemon sign with what the journal says.
    Run(keys::RotationJournal journal, std::unique_ptr<Hands> hands);

    // Until the daemon has to read what was offered to it: true. False: there is no more to do.
    [[nodiscard]] bool go_on();
    // To be called then, before it goes on.
    void daemon_said(const Reload& reload);

    [[nodiscard]] const Outcome& outcome() const { return outcome_; }
    [[nodiscard]] Hands& hands() const { return *hands_; }

  private:
    enum class Progress : std::uint8_t { done, failed, waits };
    struct Offer {       // of which the daemon has to be told
        keys::Step step; // to be finished then; a wait: none
        keys::RotationJournal journal;
        std::set<std::string> selectors;
    };

    [[nodiscard]] std::optional<Progress> do_next();
    [[nodiscard]] Progress carry_out(const keys::Step& step);
    [[nodiscard]] Progress generate(const keys::Step& step);
    [[nodiscard]] Progress reveal(const keys::Step& step);
    [[nodiscard]] Progress sign_with(const keys::Step& step, keys::RotationJournal journal,
                                     std::set<std::string> selectors);
    [[nodiscard]] keys::RotationJournal finished(const keys::Step& step) const;
    [[nodiscard]] Progress finish(const keys::Step& step);
    [[nodiscard]] Progress is_signed_with(const keys::Step& step, const std::set<std::string>& selectors);
    [[nodiscard]] bool save();
    [[nodiscard]] bool check(const Hands::Done& done);

    keys::RotationJournal journal_;
    keys::RotationPlan plan_;
    std::unique_ptr<Hands> hands_;
    keys::Rotation rotation_;
    std::optional<Offer> offer_;
    std::set<std::string> tried_;
    int names_taken_ = 0;
    int steps_ = 0;
    bool looked_ = false, settled_ = false;
    Outcome outcome_;
};

} // namespace milter::tool::rotation
