#include "milter/tool/reports/plan_reports.h"

#include "crypto/mac.h"
#include "milter/tool/reports/build_report.h"
#include "milter/tool/reports/pages.h"
#include "report/report_uri.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace milter::tool::reports {

namespace {

constexpr std::size_t candidates_at_once = 200;
constexpr base::UnixTime late_flush = 60;

bool is_wanted(const milter::reports::Candidate& candidate, const Selection& wanted) {
    return (!wanted.domain || candidate.policy.domain.text() == *wanted.domain) &&
           (!wanted.day || candidate.part.day == *wanted.day);
}

Stored<void>
for_each_candidate(Database& database, base::UnixTime now,
                   const std::function<Stored<void>(const std::vector<milter::reports::Candidate>&)>& see) {
    return for_each_page<milter::reports::Candidate>(
        [&](const auto& after) {
            const auto part = after ? std::optional(after->part) : std::nullopt;
            return milter::reports::read_candidates(database, today(now), part, candidates_at_once);
        },
        see);
}

// What a run makes of candidates.
class Planning {
  public:
    Planning(Outbox& outbox, const config::Reports& settings, base::UnixTime now)
        : outbox_(outbox), settings_(settings), now_(now) {}

    // Nobody else writes to SQLite during a transaction: what takes long is done before.
    Stored<void> plan(const std::vector<milter::reports::Candidate>& page, const Selection& wanted) {
        const auto plans = plans_of(page, wanted);
        if (!plans) {
            return base::refuse(plans.error());
        }
        return outbox_.database().transaction([&]() -> Stored<void> {
            for (const auto& [part, plan] : *plans) {
                if (auto written = write(part, plan); !written) {
                    return written;
                }
            }
            return {};
        });
    }

    [[nodiscard]] std::int64_t planned() const { return planned_; }

  private:
    using Plans = std::vector<std::pair<milter::reports::Part, Plan>>;

    Stored<Plans> plans_of(const std::vector<milter::reports::Candidate>& page, const Selection& wanted) {
        Plans plans;
        for (const auto& candidate : page) {
            if (!is_wanted(candidate, wanted)) {
                continue;
            }
            auto plan = plan_of(outbox_.database(), candidate, settings_);
            if (!plan) {
                return base::refuse(plan.error());
            }
            plans.emplace_back(candidate.part, *std::move(plan));
        }
        return plans;
    }

    Stored<void> write(const milter::reports::Part& part, const Plan& plan) {
        if (plan.pieces.empty()) {
            return outbox_.pass_over(part);
        }
        const auto mine = outbox_.plan(plan.pieces, plan.addresses, now_);
        planned_ += mine && *mine ? static_cast<std::int64_t>(plan.pieces.size()) : 0;
        return mine ? Stored<void>() : base::refuse(mine.error());
    }

    Outbox& outbox_;
    const config::Reports& settings_;
    base::UnixTime now_;
    std::int64_t planned_ = 0;
};

} // namespace

::report::Day today(base::UnixTime now) {
    return ::report::day_of(now - late_flush);
}

Stored<Plan> plan_of(Database& database, const milter::reports::Candidate& candidate,
                     const config::Reports& settings) {
    Plan plan;
    if (const auto reason = milter::reports::why_not_due(candidate, settings)) {
        plan.why_not = milter::reports::print(*reason);
        return plan;
    }
    const auto destinations = ::report::read_report_uris(candidate.policy.rua, settings.mail.max_addresses);
    for (const auto& address : destinations.addresses) {
        plan.addresses.push_back(::report::print(address));
    }
    if (plan.addresses.empty()) {
        plan.why_not = "no address that a report could go to";
        return plan;
    }
    const auto pieces =
        count_pieces(database, candidate.part, candidate.most_rows, limits_for(settings.mail.max_size));
    if (!pieces) {
        return base::refuse(pieces.error());
    }
    const auto day = static_cast<::report::Day>(candidate.part.day);
    const ::report::Period whole{::report::begin_of(day), ::report::last_second_of(day)};
    for (std::size_t piece = 0; piece < *pieces; ++piece) {
        plan.pieces.push_back({.id = ::report::ReportId::make(crypto::random_octets<16>()).text(),
                               .part = candidate.part,
                               .domain = candidate.policy.domain.text(),
                               .period = ::report::period_of_part(whole, piece, *pieces),
                               .piece = static_cast<std::int64_t>(piece),
                               .pieces = static_cast<std::int64_t>(*pieces)});
    }
    return plan;
}

Stored<std::int64_t> plan_reports(Outbox& outbox, const config::Reports& settings, const Selection& wanted,
                                  base::UnixTime now) {
    Planning planning(outbox, settings, now);
    Database& database = outbox.database();
    const auto done =
        for_each_candidate(database, now, [&](const auto& page) { return planning.plan(page, wanted); });
    return done ? Stored<std::int64_t>(planning.planned()) : base::refuse(done.error());
}

Stored<void> look_at_plans(Database& database, const config::Reports& settings, const Selection& wanted,
                           base::UnixTime now, const SeePlan& see) {
    return for_each_candidate(database, now, [&](const auto& page) -> Stored<void> {
        for (const auto& candidate : page) {
            if (!is_wanted(candidate, wanted)) {
                continue;
            }
            const auto plan = plan_of(database, candidate, settings);
            if (!plan) {
                return base::refuse(plan.error());
            }
            if (auto seen = see(candidate, *plan); !seen) {
                return seen;
            }
        }
        return {};
    });
}

} // namespace milter::tool::reports
