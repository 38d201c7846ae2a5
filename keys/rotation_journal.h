// The journal of a domain whose keys rotate, as text: everything that a later run has to know. Each run
// writes it anew, beside the old one and then in its place, so that it is always whole.
//
//     paraph rotation 1
//     domain example.org
//     key s20260309
//     file /var/lib/paraph/rotation/s20260309.example.org.pem
//     type rsa
//     state active
//     made 1773014400
//     ttl 3600
//     negative_ttl 3600
//     marks seen confirmed
//     in_state HOST/BOOT/100/160/0
//     shown HOST/BOOT/100/160/0
//     gone -
//     end
#pragma once

#include "base/result.h"
#include "keys/rotation.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

struct RotationJournal {
    std::string domain;
    std::vector<RotatedKey> keys;             // the oldest first
    std::map<std::string, std::string> files; // of the private keys, by selector
    std::uint64_t edition = 0;                // of several hosts; no part of the text
};

[[nodiscard]] std::string print(const RotationJournal& journal);

// The error says what is wrong, with the line. Nothing is left out: what cannot be understood is refused.
[[nodiscard]] base::Result<RotationJournal, std::string> read_journal(std::string_view text);

} // namespace keys
