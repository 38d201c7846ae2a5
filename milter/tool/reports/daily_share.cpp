#include "milter/tool/reports/daily_share.h"

#include "report/report_uri.h"

#include <functional>

namespace milter::tool::reports {

Stored<void> DailyShare::read(Outbox& outbox, base::UnixTime now) {
    turn_to(::report::day_of(now));
    if (most_ == 0) {
        return {};
    }
    return outbox.for_each_sent(::report::begin_of(day_), now, [this, now](const std::string& address) {
        if (const auto sent = ::report::read_address(address)) {
            went_out(sent->domain, now);
        }
    });
}

bool DailyShare::has_room(const base::DomainName& host, base::UnixTime now) {
    if (most_ == 0) {
        return true;
    }
    turn_to(::report::day_of(now));
    const auto found = sent_.find(key_of(host));
    return found == sent_.end() || found->second < most_;
}

void DailyShare::went_out(const base::DomainName& host, base::UnixTime now) {
    if (most_ > 0) {
        turn_to(::report::day_of(now));
        ++sent_[key_of(host)];
    }
}

bool DailyShare::is_news(const base::DomainName& host) {
    return told_.insert(organizations_.of(host)).second;
}

std::size_t DailyShare::key_of(const base::DomainName& host) const {
    return std::hash<std::string>()(organizations_.of(host));
}

void DailyShare::turn_to(::report::Day day) {
    if (day != day_) {
        day_ = day;
        sent_.clear();
        told_.clear();
    }
}

} // namespace milter::tool::reports
