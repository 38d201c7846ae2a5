// The keys of a domain that several hosts sign for: one journal for all of them, the private keys with it,
// and which hosts there are. Each host says what it serves, and until all have said so, a key that stopped
// may still sign somewhere.
//
//     paraph shared keys 1
//     edition 5
//     host 4f1c...a0 mx1.example.org
//     stopped s20260309 5
//     private s20260309 LS0tLS1CRUdJTi...
//     journal
//     ...as keys/rotation_journal has it, without the names of files
#pragma once

#include "base/result.h"
#include "keys/rotation_journal.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

struct SharedRotation {
    RotationJournal journal;                     // with its edition; no host's names of files
    std::map<std::string, std::string> hosts;    // that may sign: their names, by their ids
    std::map<std::string, std::string> privates; // keys in PEM, by selector

    [[nodiscard]] static SharedRotation of(std::string domain);
};

[[nodiscard]] std::string print(const SharedRotation& shared);
// Nothing but what print() writes, of that domain; every name is good for the name of a file.
[[nodiscard]] base::Result<SharedRotation, std::string> read_shared(std::string_view text,
                                                                    const std::string& domain);

// What a host says: since when it signs with what.
struct Serving {
    std::uint64_t edition = 0;
    std::set<std::string> selectors{};

    bool operator==(const Serving&) const = default;
};

[[nodiscard]] std::string print(const Serving& serving);
[[nodiscard]] base::Result<Serving, std::string> read_serving(std::string_view text);

using Servings = std::map<std::string, Serving>; // by the ids of hosts

// Keys that stopped, and with which a host may sign that has not said that it does not.
[[nodiscard]] std::set<std::string> held_selectors(const SharedRotation& shared, const Servings& servings);

// The names of the hosts that do not serve the last edition.
[[nodiscard]] std::vector<std::string> late_hosts(const SharedRotation& shared, const Servings& servings);

// "4f1c09...": letters and digits.
[[nodiscard]] bool is_host_id(std::string_view text);
// What a host calls itself, for people: letters, digits, dots, hyphens and underscores.
[[nodiscard]] bool is_host_name(std::string_view text);

} // namespace keys
