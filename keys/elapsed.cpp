#include "keys/elapsed.h"

#include <algorithm>

namespace keys {

void Elapsed::start(const Moment& now) {
    hosts_.clear();
    hosts_.push_back({now.host, now.boot, now.uptime, now.uptime, std::chrono::seconds(0)});
}

void Elapsed::tick(const Moment& now) {
    const auto host =
        std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& known) { return known.name == now.host; });
    if (host == hosts_.end()) {
        hosts_.push_back({now.host, now.boot, now.uptime, now.uptime, std::chrono::seconds(0)});
        return;
    }
    if (host->boot != now.boot) {
        // The system was started after the last tick: all of its uptime has passed since.
        host->before += host->last - host->first;
        host->boot = now.boot;
        host->first = std::chrono::seconds(0);
        host->last = host->first;
    }
    host->last = std::max(host->last, now.uptime);
}

std::chrono::seconds Elapsed::certain() const {
    std::chrono::seconds longest{0};
    for (const Host& host : hosts_) {
        longest = std::max(longest, host.before + host.last - host.first);
    }
    return longest;
}

} // namespace keys
