#include "milter/tool/reports/pace.h"

namespace milter::tool::reports {

std::chrono::milliseconds Pace::pause(unsigned in_a_minute) {
    constexpr std::chrono::milliseconds minute = std::chrono::minutes(1);
    return in_a_minute == 0 ? std::chrono::milliseconds(0) : minute / in_a_minute;
}

Pace::Time Pace::next_to(const std::string& host) const {
    const auto found = next_to_.find(host);
    return found == next_to_.end() ? Time{} : found->second;
}

void Pace::went_out(const std::string& host, Time now) {
    next_ = now + between_all_;
    if (between_.count() == 0) {
        return;
    }
    constexpr std::size_t most_hosts = 10'000;
    if (next_to_.size() >= most_hosts) { // of nobody whose time has not come
        std::erase_if(next_to_, [now](const auto& one) { return one.second <= now; });
    }
    next_to_[host] = now + between_;
}

} // namespace milter::tool::reports
