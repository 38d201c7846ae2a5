// Policy discovery (RFC 9989 4.10.1) and the choice of the tag that applies (section 4.7).
#pragma once

#include "dmarc/organizations.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace dmarc {

// Which record speaks for the author domain.
struct ChosenRecord {
    enum class State { none, chosen, failed };
    State state = State::none;
    const Record* record = nullptr; // lives as long as the PolicyRecords it came from
    std::optional<base::DomainName> domain;
    bool inherited = false; // it stands above the author domain
    Trouble trouble;        // when failed
};

[[nodiscard]] dns::Awaited<ChosenRecord> choose_record(PolicyRecords& records, Organizations& organizations,
                                                       const base::DomainName& author);

// RFC 9989 4.10.1: what a record is worth, going by its policy tags.
enum class Usability : std::uint8_t {
    usable,
    forced_none, // a policy tag is missing or unreadable, but reports are wanted: as if it said p=none
    silent,      // no p=, no reports wanted: no DMARC
    broken,      // an unreadable policy tag, no reports wanted: no DMARC
};

[[nodiscard]] Usability usability(const Record& record);

struct SelectedPolicy {
    std::string_view tag; // "p", "sp" or "np"
    Policy policy = Policy::none;
};

// Of a usable record. `own` for the domain the record stands at, the others for names below it.
[[nodiscard]] SelectedPolicy own_policy(const Record& record);
[[nodiscard]] SelectedPolicy subdomain_policy(const Record& record);
[[nodiscard]] SelectedPolicy non_existent_policy(const Record& record);

enum class Existence : std::uint8_t { exists, does_not_exist, failed };

// RFC 9989 4.7: what a usable record, or one taken for p=none, asks for mail of the author domain. Where the
// record stands above the domain it matters whether that exists.
[[nodiscard]] SelectedPolicy select_policy(const Record& record, bool inherited, Existence existence);

// RFC 9989 4.7: t=y asks for one level less than published.
[[nodiscard]] Policy lowered_by_test_mode(Policy policy);

struct ExistenceTest {
    Existence existence = Existence::exists;
    Trouble trouble; // when failed
};

[[nodiscard]] dns::Awaited<ExistenceTest> test_existence(PolicyRecords& records, dns::Inquiry& dns,
                                                         const base::DomainName& author);

} // namespace dmarc
