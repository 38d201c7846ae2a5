#include "milter/reports/failure_allowance.h"

#include <algorithm>

namespace milter::reports {

namespace {

constexpr base::UnixTime an_hour = 3600;
constexpr base::UnixTime a_day = 24 * an_hour;

HourAndDay buckets(unsigned in_hour, unsigned in_day) {
    return {Bucket(in_hour, an_hour), Bucket(in_day, a_day)};
}

} // namespace

// A clock that goes back fills nothing.
double Bucket::left_at(base::UnixTime now) const {
    const auto passed = std::clamp<base::UnixTime>(now - at_, 0, period_);
    return std::min(size_, left_ + size_ * static_cast<double>(passed) / static_cast<double>(period_));
}

void Bucket::take(base::UnixTime now) {
    left_ = std::max(left_at(now) - 1, 0.0);
    at_ = now;
}

FailureAllowance::FailureAllowance(const config::FailureReports& settings)
    : settings_(settings), all_(buckets(settings.per_hour, settings.per_day)) {}

bool FailureAllowance::has_room(const std::string& organization, base::UnixTime now) const {
    const auto domain = domains_.find(organization);
    return all_.has_room(now) && (domain == domains_.end() || domain->second.has_room(now));
}

void FailureAllowance::take(const std::string& organization, base::UnixTime now) {
    std::erase_if(domains_, [now](const auto& one) { return one.second.is_full(now); });
    all_.take(now);
    domains_.try_emplace(organization, buckets(settings_.per_hour_and_domain, settings_.per_day_and_domain))
        .first->second.take(now);
}

} // namespace milter::reports
