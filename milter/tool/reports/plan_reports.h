// Which reports there are to be: of all days that are over, once each.
#pragma once

#include "config/report_settings.h"
#include "milter/tool/reports/outbox.h"

#include <functional>
#include <string>

namespace milter::tool::reports {

// What would be planned of one candidate.
struct Plan {
    std::vector<PlannedReport> pieces;  // none: no report
    std::vector<std::string> addresses; // checked
    std::string why_not;
};

// The last day that is over; a flush may be late by a minute.
[[nodiscard]] ::report::Day today(base::UnixTime now);

[[nodiscard]] Stored<Plan> plan_of(Database& database, const milter::reports::Candidate& candidate,
                                   const config::Reports& settings);

// Plans all that are due; how many. `see` is told each of them.
[[nodiscard]] Stored<std::int64_t> plan_reports(Outbox& outbox, const config::Reports& settings,
                                                const Selection& wanted, base::UnixTime now);

// The same for people, and nothing is changed.
using SeePlan = std::function<Stored<void>(const milter::reports::Candidate& candidate, const Plan& plan)>;
[[nodiscard]] Stored<void> look_at_plans(Database& database, const config::Reports& settings,
                                         const Selection& wanted, base::UnixTime now, const SeePlan& see);

} // namespace milter::tool::reports
