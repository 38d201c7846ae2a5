#include "milter/tool/reports/pace.h"

#include <algorithm>

namespace milter::tool::reports {

std::chrono::milliseconds Pace::pause(unsigned in_a_minute) {
    constexpr std::chrono::milliseconds minute = std::chrono::minutes(1);
    return in_a_minute == 0 ? std::chrono::milliseconds(0) : minute / in_a_minute;
}

Pace::Time Pace::next_to(const std::string& host) const {
    const auto found = queues_.find(host);
    return found == queues_.end() ? Time{} : found->second.next;
}

Pace::Time Pace::take_turn(const std::string& host) {
    auto& queue = queues_[host];
    const auto turn = std::max(queue.end, queue.next);
    queue.end = turn + between_;
    return turn;
}

void Pace::went_out(const std::string& host, Time now) {
    next_ = now + between_all_;
    if (between_.count() == 0) {
        return;
    }
    constexpr std::size_t most_hosts = 10'000;
    if (queues_.size() >= most_hosts) { // of nobody whose time has not come
        std::erase_if(queues_,
                      [now](const auto& one) { return std::max(one.second.next, one.second.end) <= now; });
    }
    // Who is a little late with his turn does not put off those behind him.
    auto& next = queues_[host].next;
    next = next + between_ > now ? next + between_ : now + between_;
}

} // namespace milter::tool::reports
