// The DNS tree walk (RFC 9989 4.10) and the Organizational Domain it leads to (RFC 9989 4.10.2).
//
// Records without psd= are collected and the walk goes on: only psd=y and psd=n end it. So the record found
// first is not the one that counts, the last one is.
#pragma once

#include "base/domain_name.h"
#include "dmarc/policy_records.h"

#include <cstddef>
#include <vector>

namespace dmarc {

inline constexpr std::size_t max_walk_questions = 8; // RFC 9989 4.10

// The names to look at, longest first; never more than max_walk_questions.
[[nodiscard]] std::vector<base::DomainName> walk_targets(const base::DomainName& start);

struct FoundRecord {
    base::DomainName domain;
    const Record* record = nullptr; // lives as long as the PolicyRecords it came from
};

struct Walk {
    enum class State { finished, failed };
    State state = State::finished;
    std::vector<base::DomainName> visited; // the names looked at, in order
    std::vector<FoundRecord> found;        // those that have a record, longest name first
    Trouble trouble;                       // when failed
};

// Where answers are missing, the questions for the rest of the walk are all noted at once: one round instead
// of eight.
[[nodiscard]] dns::Awaited<Walk> walk(PolicyRecords& records, const base::DomainName& start);

// `walk` must be finished and have begun at `start`.
[[nodiscard]] base::DomainName organizational_domain(const Walk& walk, const base::DomainName& start);

} // namespace dmarc
