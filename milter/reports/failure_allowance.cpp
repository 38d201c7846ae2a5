#include "milter/reports/failure_allowance.h"

#include <algorithm>

namespace milter::reports {

namespace {

constexpr base::UnixTime an_hour = 3600;
constexpr base::UnixTime a_day = 24 * an_hour;

HourAndDay buckets(unsigned in_hour, unsigned in_day) {
    return {Bucket(in_hour, an_hour), Bucket(in_day, a_day)};
}

// A quarter of what there is for all, so that it takes four who want too much to leave nothing to others.
// Whoever set more for a single domain means that.
unsigned share_of(unsigned all, unsigned of_domain) {
    constexpr unsigned shares = 4;
    return std::max(all / shares, of_domain);
}

HourAndDay share(const config::FailureReports& settings) {
    return buckets(share_of(settings.per_hour, settings.per_hour_and_domain),
                   share_of(settings.per_day, settings.per_day_and_domain));
}

bool has_room(const std::map<std::string, HourAndDay>& buckets, const std::string& name, base::UnixTime now) {
    const auto found = buckets.find(name);
    return found == buckets.end() || found->second.has_room(now);
}

} // namespace

// What comes later may have begun earlier, as far back as its sender likes: that fills nothing, neither now
// nor when the next one comes.
double Bucket::left_at(base::UnixTime now) const {
    const auto passed = std::clamp<base::UnixTime>(now - at_, 0, period_);
    return std::min(size_, left_ + size_ * static_cast<double>(passed) / static_cast<double>(period_));
}

void Bucket::take(base::UnixTime now) {
    left_ = std::max(left_at(now) - 1, 0.0);
    at_ = is_set_back(at_, now) ? now : std::max(at_, now);
}

bool is_set_back(base::UnixTime before, base::UnixTime now) {
    return before - now > a_day;
}

const char* print(FailureLimit limit) {
    switch (limit) {
    case FailureLimit::organization:
        return "its organization had as many as reports.failure.per_hour_and_domain and "
               "per_day_and_domain allow";
    case FailureLimit::receiver:
        return "the organization of an address had its share of reports.failure.per_hour and per_day";
    case FailureLimit::client:
        return "the network that the message came from had its share of reports.failure.per_hour and "
               "per_day";
    case FailureLimit::all:
        return "there were as many as reports.failure.per_hour and per_day allow";
    }
    return "?";
}

FailureAllowance::FailureAllowance(const config::FailureReports& settings)
    : settings_(settings), all_(buckets(settings.per_hour, settings.per_day)), share_(share(settings)) {}

std::optional<FailureLimit> FailureAllowance::limit(const FailureParties& parties, base::UnixTime now) const {
    if (!has_room(organizations_, parties.organization, now)) {
        return FailureLimit::organization;
    }
    if (!std::all_of(parties.receivers.begin(), parties.receivers.end(),
                     [&](const auto& one) { return has_room(receivers_, one, now); })) {
        return FailureLimit::receiver;
    }
    if (parties.client && !has_room(clients_, *parties.client, now)) {
        return FailureLimit::client;
    }
    return all_.has_room(now) ? std::nullopt : std::optional(FailureLimit::all);
}

void FailureAllowance::take(const FailureParties& parties, base::UnixTime now) {
    for (Buckets* known : {&organizations_, &receivers_, &clients_}) {
        std::erase_if(*known, [now](const auto& one) { return one.second.is_full(now); });
    }
    all_.take(now);
    organizations_
        .try_emplace(parties.organization,
                     buckets(settings_.per_hour_and_domain, settings_.per_day_and_domain))
        .first->second.take(now);
    for (const std::string& one : parties.receivers) {
        receivers_.try_emplace(one, share_).first->second.take(now);
    }
    if (parties.client) {
        clients_.try_emplace(*parties.client, share_).first->second.take(now);
    }
}

} // namespace milter::reports
