// Where in the store each count goes: to which part of which configuration, and in how much detail.
#pragma once

#include "milter/reports/database.h"
#include "milter/reports/detail.h"
#include "milter/reports/organization_days.h"
#include "milter/reports/pending.h"
#include "report/configurations.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace milter::reports {

struct Caps {
    std::size_t rows_per_domain = 10000; // of a policy domain and a day
    std::size_t policies_per_domain = report::max_configurations;
    std::size_t domains_per_organization = 1000; // on a day
};

// Of one configuration and day. There is another one once a report was planned of the last.
struct Part {
    std::int64_t day = 0;
    report::Key policy{};
    std::int64_t part = 0;

    auto operator<=>(const Part&) const = default;
};

struct PartCount {
    std::string domain;
    std::string content;
    std::int64_t messages = 0;
    std::int64_t due = 0;
    base::UnixTime first_seen = 0;
    std::int64_t more_rows = 0; // at most, or below 0: there are not as many as it seemed
    std::map<report::Key, RowCount> rows{};
};

struct DomainDay {
    std::int64_t day = 0;
    std::string domain;

    auto operator<=>(const DomainDay&) const = default;
};

// A part that the store has.
struct KnownPart {
    Part part;
    bool planned = false;
    base::UnixTime first_seen = 0;
    std::int64_t row_bound = 0; // it has no more rows
};
using Known = std::map<DomainDay, std::vector<KnownPart>>; // in the order of their parts

struct Placed {
    std::map<Part, PartCount> parts;
    std::int64_t less_detail = 0;   // messages that the caps took something from
    std::vector<DomainDay> added{}; // organizations, one for each domain that is new
};

using ReadRowKeys = std::function<Stored<RowKeys>(const Part&)>;

// `read` is asked where a domain may have so many rows that it matters which.
[[nodiscard]] Stored<Placed> place(const Pending& batch, const Known& known, const Caps& caps,
                                   const OrganizationDays& organizations, const ReadRowKeys& read);

} // namespace milter::reports
