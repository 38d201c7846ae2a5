// Which failure reports there are to be: all that the daemons stored and that did not wait too long. The
// limits hold once more here, for all daemons of a store and whatever was restarted; but the network that a
// message came from is not known any more.
#pragma once

#include "config/report_settings.h"
#include "milter/reports/failure_allowance.h"
#include "milter/reports/failure_store.h"
#include "milter/tool/reports/outbox.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace milter::tool::reports {

struct FailurePlan {
    std::vector<std::string> addresses; // checked; none: no report
    std::string why_not;
    // No report for now: the limits have no room for it in this run.
    std::optional<milter::reports::FailureLimit> waits_for{};
};

[[nodiscard]] FailurePlan plan_of(const milter::reports::StoredFailure& failure,
                                  const config::Reports& settings, base::UnixTime now);

// Plans them; how many. Those that there must be none of are gone then.
[[nodiscard]] Stored<std::int64_t> plan_failures(Outbox& outbox, const config::Reports& settings,
                                                 const Selection& wanted, base::UnixTime now);

// The same for people: nothing is changed, and what there is no room for is shown as well.
using SeeFailure =
    std::function<Stored<void>(const milter::reports::StoredFailure& failure, const FailurePlan& plan)>;
[[nodiscard]] Stored<void> look_at_failures(Outbox& outbox, const config::Reports& settings,
                                            const Selection& wanted, base::UnixTime now,
                                            const SeeFailure& see);

} // namespace milter::tool::reports
