// For which policies a report is due, of days that are over. What is counted and not due stays where it is,
// and is sent along if the same policy gets a report on that day for another reason.
#pragma once

#include "config/report_settings.h"
#include "milter/reports/database.h"
#include "milter/reports/placement.h"
#include "report/aggregate.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace milter::reports {

struct Candidate {
    Part part;
    report::Policy policy;
    std::int64_t messages = 0;
    std::int64_t due = 0;        // of them, those that are reason enough
    std::int64_t first_day = 0;  // of the policy domain
    std::int64_t due_of_day = 0; // of the policy domain on that day, in whatever configuration
    std::int64_t most_rows = 0;  // there are no more
};

// Whether a list of the settings has the domain or one above it.
[[nodiscard]] bool is_listed(const std::vector<std::string>& names, const base::DomainName& domain);

enum class NotDue : std::uint8_t {
    no_address, // that a report could go to
    never_due,  // reports.never_due
    too_few,    // reports.least_messages, and report mail and bounces alone
    new_domain, // reports.hold_new_domains
};

[[nodiscard]] std::string_view print(NotDue reason);

// Nothing: a report is due.
[[nodiscard]] std::optional<NotDue> why_not_due(const Candidate& candidate, const config::Reports& settings);

// Of days before `today`, of which no report is planned; by day and policy, behind `after`, at most `most`.
[[nodiscard]] Stored<std::vector<Candidate>>
read_candidates(Database& database, report::Day today, const std::optional<Part>& after, std::size_t most);

// From now on what is counted goes to another part. To be called in the transaction that plans the report.
[[nodiscard]] Stored<void> mark_planned(Database& database, const Part& part);

using CountedRow = std::pair<report::Key, std::pair<report::Row, std::int64_t>>;

// The rows of a report by their keys, behind `after`, at most `most`, so that none has to be in memory as a
// whole. What cannot be read is left out.
[[nodiscard]] Stored<std::vector<CountedRow>>
read_rows(Database& database, const Part& part, const std::optional<report::Key>& after, std::size_t most);

} // namespace milter::reports
