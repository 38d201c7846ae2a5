#include "milter/tool/reports/plan_failures.h"

#include "base/ascii.h"
#include "milter/reports/due.h"
#include "milter/tool/reports/pages.h"
#include "report/report_uri.h"

#include <functional>
#include <vector>

namespace milter::tool::reports {

using milter::reports::FailureAllowance;
using milter::reports::FailureLimit;
using milter::reports::StoredFailure;

namespace {

constexpr std::size_t failures_at_once = 100;

bool is_wanted(const StoredFailure& failure, const Selection& wanted) {
    return (!wanted.domain || failure.report.domain == *wanted.domain) &&
           (!wanted.day || ::report::day_of(failure.report.seen) == *wanted.day);
}

Stored<void> for_each_failure(Database& database,
                              const std::function<Stored<void>(const std::vector<StoredFailure>&)>& see) {
    return for_each_page<StoredFailure>(
        [&](const auto& after) { return milter::reports::read_failures(database, after, failures_at_once); },
        see);
}

// What the limits have room for: with what was planned before, by whichever host, and what is planned now.
class Room {
  public:
    explicit Room(const config::FailureReports& settings) : allowance_(settings) {}

    Stored<void> recall(Outbox& outbox, base::UnixTime now) {
        const auto before = outbox.failures_since(now - ::report::seconds_a_day);
        if (!before) {
            return base::refuse(before.error());
        }
        for (const auto& one : *before) {
            allowance_.take(milter::reports::parties_of(organizations_, one.domain, one.addresses),
                            one.planned);
        }
        return {};
    }

    // Nothing: the report has its room, which is taken now.
    std::optional<FailureLimit> take(const StoredFailure& failure, const FailurePlan& plan,
                                     base::UnixTime now) {
        const auto parties =
            milter::reports::parties_of(organizations_, failure.report.domain, plan.addresses);
        const auto limit = allowance_.limit(parties, now);
        if (!limit) {
            allowance_.take(parties, now);
        }
        return limit;
    }

  private:
    milter::reports::Organizations organizations_;
    FailureAllowance allowance_;
};

class Planning {
  public:
    Planning(Outbox& outbox, const config::Reports& settings, base::UnixTime now)
        : outbox_(outbox), settings_(settings), now_(now), room_(settings.failure) {}

    // One host plans, and the others wait for it.
    Stored<void> recall() {
        auto turn = outbox_.await_turn();
        return turn ? room_.recall(outbox_, now_) : turn;
    }

    // Within a transaction.
    Stored<void> plan(const StoredFailure& failure) {
        const auto plan = plan_of(failure, settings_, now_);
        if (plan.addresses.empty()) {
            return milter::reports::remove_failure(outbox_.database(), failure.report.id);
        }
        if (room_.take(failure, plan, now_)) {
            return {}; // it waits
        }
        ++planned_;
        return outbox_.plan_failure({.id = failure.report.id,
                                     .part = {::report::day_of(failure.report.seen), {}, 0},
                                     .domain = failure.report.domain,
                                     .period = {failure.report.seen, failure.report.seen},
                                     .kind = ::report::ReportKind::failure},
                                    plan.addresses, now_);
    }

    [[nodiscard]] std::int64_t planned() const { return planned_; }

  private:
    Outbox& outbox_;
    const config::Reports& settings_;
    base::UnixTime now_;
    Room room_;
    std::int64_t planned_ = 0;
};

} // namespace

FailurePlan plan_of(const StoredFailure& failure, const config::Reports& settings, base::UnixTime now) {
    const auto none = [](const char* why) { return FailurePlan{.addresses = {}, .why_not = why}; };
    if (!settings.failure.enabled) {
        return none("reports.failure.enabled is false");
    }
    if (now - failure.report.seen > settings.mail.give_up.count()) {
        return none("it waited too long (reports.give_up)");
    }
    const auto domain = base::DomainName::parse(failure.report.domain);
    if (domain && (milter::reports::is_listed(settings.never_due, *domain) ||
                   milter::reports::is_listed(settings.failure.never, *domain))) {
        return none("never due");
    }
    if (settings.hold_new_domains && failure.first_day >= ::report::day_of(failure.report.seen)) {
        return none("seen for the first time on that day");
    }
    FailurePlan plan;
    for (const std::string_view text : base::split(failure.report.addresses, '\n')) {
        // Checked when it was stored; but the store is not ours alone.
        if (const auto address = ::report::read_address(text);
            address && plan.addresses.size() < settings.mail.max_addresses) {
            plan.addresses.push_back(::report::print(*address));
        }
    }
    plan.why_not = plan.addresses.empty() ? "no address that a report could go to" : "";
    return plan;
}

Stored<std::int64_t> plan_failures(Outbox& outbox, const config::Reports& settings, const Selection& wanted,
                                   base::UnixTime now) {
    Planning planning(outbox, settings, now);
    const auto done = outbox.database().transaction([&] {
        if (auto recalled = planning.recall(); !recalled) {
            return recalled;
        }
        return for_each_failure(outbox.database(), [&](const auto& page) -> Stored<void> {
            for (const StoredFailure& failure : page) {
                if (auto planned = is_wanted(failure, wanted) ? planning.plan(failure) : Stored<void>();
                    !planned) {
                    return planned;
                }
            }
            return {};
        });
    });
    return done ? Stored<std::int64_t>(planning.planned()) : base::refuse(done.error());
}

Stored<void> look_at_failures(Outbox& outbox, const config::Reports& settings, const Selection& wanted,
                              base::UnixTime now, const SeeFailure& see) {
    Room room(settings.failure);
    if (auto recalled = room.recall(outbox, now); !recalled) {
        return recalled;
    }
    return for_each_failure(outbox.database(), [&](const auto& page) -> Stored<void> {
        for (const StoredFailure& failure : page) {
            if (!is_wanted(failure, wanted)) {
                continue;
            }
            auto plan = plan_of(failure, settings, now);
            plan.waits_for = plan.addresses.empty() ? std::nullopt : room.take(failure, plan, now);
            if (auto seen = see(failure, plan); !seen) {
                return seen;
            }
        }
        return {};
    });
}

} // namespace milter::tool::reports
