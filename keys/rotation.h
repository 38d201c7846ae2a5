// The life of a domain's keys, as a function: what the journal says, what the name servers were seen to say,
// and the plan go in, and the steps to do come out. No file, clock or network is in here.
//
//     pending -> published -> active -> retiring -> retired -> forgotten or revealed
//           \         \-> withdrawn
//
// Three promises are kept whatever fails, restarts or happens to the clock:
//   - No key signs before every authoritative server has shown its record, and until nobody can still
//     remember that there was none (RFC 2308 5).
//   - No record is withdrawn while mail signed with its key may still be on its way.
//   - No private key is made public while anybody may still find its record.
//
// Keys of each type have a life of their own; only selectors are never shared.
//
// Where several hosts share the keys (keys/shared_rotation.h), another one may go on to sign with a key that
// retires until it has heard of it. The time of its mail counts only from when no host signs any more.
//
// A step may be done and not be written down, or written down and not be done: whoever carries it out may be
// stopped in between. So each may be done twice, and `activate`, after which a key may have signed, is
// written down before it is done; all others after.
//
//     rotation.observe(seen, now);
//     for (const Step& step : rotation.next(plan, now)) {
//         if (step.kind == Step::Kind::activate) { rotation.begin(step, now); ...save the journal }
//         ...do it, and if that succeeds:
//         rotation.finish(step, now); ...save the journal
//     }
#pragma once

#include "crypto/signature_algorithm.h"
#include "keys/elapsed.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace keys {

enum class KeyState : std::uint8_t {
    pending,   // made; its record may be on its way into the DNS
    published, // its record was handed to the DNS
    active,    // may sign
    retiring,  // signs no more; its record stays for mail on its way
    retired,   // its record was withdrawn
    forgotten, // and nobody can find it any more
    revealed,  // likewise, and the private key was made public
    withdrawn, // never signed, and never will
};

[[nodiscard]] const char* print(KeyState state);

// Whether its record is in the DNS, or may be, because it is to be there.
[[nodiscard]] bool has_record(KeyState state);

// What an authoritative server of the zone says about the record of a key.
struct Sighting {
    enum class Said : std::uint8_t { shown, not_shown, failed };
    std::string server;
    Said said = Said::failed;
    std::chrono::seconds ttl{0};
    std::chrono::seconds negative_ttl{0}; // of the zone; of any answer, failed ones aside
    bool empty = false;                   // not_shown, and there is no other record either
};

// Of one key, from all servers that the zone has now.
struct Observation {
    std::string selector;
    std::vector<Sighting> servers;
};

struct RotationPlan {
    std::chrono::seconds every{std::chrono::days(180)}; // a new key after that time, by the clock
    std::chrono::seconds overlap{0};                    // the old key signs beside the new one
    std::chrono::seconds transit{std::chrono::days(8)}; // as long may mail be on its way
    std::chrono::seconds give_up{std::chrono::days(7)}; // a record that is not shown by all until then
    // The least that a negative answer is taken to be remembered, whatever the zone says.
    std::chrono::seconds least_negative{std::chrono::minutes(5)};
    // How long every server must have had no record before nobody finds it: answers that are kept beyond
    // their TTL (RFC 8767 5 advises 3 days at most) and servers that had the zone before are covered.
    std::chrono::seconds least_gone{std::chrono::days(7)};
    std::vector<crypto::KeyType> types{crypto::KeyType::rsa};
    bool reveals = false;                // makes private keys public in the end
    std::string selector = "s%Y%m%d";    // %Y, %m and %d of the day on which the key is made, %t its type
    bool silence_vanished = true;        // an active key whose record vanished stops signing
    std::vector<std::string> taken = {}; // selectors that others use
};

struct RotatedKey {
    std::string selector;
    crypto::KeyType type = crypto::KeyType::rsa;
    KeyState state = KeyState::pending;
    std::chrono::sys_seconds made{}; // by the clock
    Elapsed in_state;                // since the state was entered
    Elapsed shown;                   // since all servers have shown the record, each time they were asked
    Elapsed gone;                    // since all servers have had none, likewise
    std::chrono::seconds ttl{0};     // of the record, the longest that any server has told
    std::chrono::seconds negative_ttl{0}; // likewise
    bool seen_by_all = false;             // when the servers were asked last
    bool vanished = false;                // a server said then that there is no record
    bool confirmed = false;               // active: that it signs was carried out
    bool silent = false;                  // active: it stopped because its record vanished
    bool found = false;                   // a server had a record of that name when it was asked last
    bool adopted = false;                 // made by somebody else, who may use it elsewhere
    // Retiring, of several hosts: those that serve an earlier edition may sign with it. 0: nobody does.
    std::uint64_t stopped = 0;

    [[nodiscard]] bool may_sign() const { return state == KeyState::active && !silent; }
};

struct Step {
    enum class Kind : std::uint8_t {
        generate, // make a key of this selector, unless it is there
        publish,  // put its record into the DNS
        wait,     // nothing before `left` has passed
        activate, // sign with it
        retire,   // stop signing with it
        silence,  // stop signing with it for now
        withdraw, // take its record out of the DNS
        forget,   // nothing but writing it down
        reveal,   // make its private key public
        alarm,    // tell the operator
    };
    Kind kind = Kind::wait;
    std::string selector;
    std::chrono::seconds left{0}; // of a wait
    std::string why;
    crypto::KeyType type = crypto::KeyType::rsa; // of a key to make

    bool operator==(const Step&) const = default;
};

[[nodiscard]] const char* print(Step::Kind kind);

class Rotation {
  public:
    // So many keys that are over stay in the journal: forgotten, revealed or withdrawn. Of an older one that
    // was revealed nobody asks any more whether its record came back. Keys that were taken over stay as well,
    // for the configuration may name them.
    static constexpr std::size_t most_over = 64;

    Rotation() = default;
    // As the journal has them, the oldest first. `edition` of what signs, from 1, if several hosts share it.
    explicit Rotation(std::vector<RotatedKey> keys, std::uint64_t edition = 0)
        : keys_(std::move(keys)), edition_(edition) {}

    [[nodiscard]] const std::vector<RotatedKey>& keys() const { return keys_; }
    // Another one whenever other keys are to sign.
    [[nodiscard]] std::uint64_t edition() const { return edition_; }

    // What was seen since the last time. A key that is not in it was not asked for, which counts as a
    // failure. `held`: with these a host may sign that has not heard yet that they have stopped.
    void observe(const std::vector<Observation>& seen, const Moment& now,
                 const std::set<std::string>& held = {});

    // At most one step a key, in the order in which to do them; to be asked again when they are done.
    [[nodiscard]] std::vector<Step> next(const RotationPlan& plan, const Moment& now) const;

    void begin(const Step& step, const Moment& now);
    void finish(const Step& step, const Moment& now);

  private:
    [[nodiscard]] RotatedKey* find(const std::string& selector);
    [[nodiscard]] bool is_due(const RotationPlan& plan, crypto::KeyType type, const Moment& now) const;
    [[nodiscard]] std::string free_selector(const RotationPlan& plan, const Step& step,
                                            const std::vector<Step>& others, const Moment& now) const;
    [[nodiscard]] bool has_successor(const RotatedKey& key, const RotationPlan& plan) const;
    void change_edition();
    void drop_oldest();

    std::vector<RotatedKey> keys_;
    std::uint64_t edition_ = 0;
};

} // namespace keys
