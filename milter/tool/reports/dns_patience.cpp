#include "milter/tool/reports/dns_patience.h"

#include <algorithm>

namespace milter::tool::reports {

bool DnsPatience::may_ask(const Who& who) const {
    const auto found = waited_.find(who);
    return found == waited_.end() ||
           (found->second.silent < most_silent && found->second.time < most_for_one);
}

void DnsPatience::note(const Who& who, Time took, bool is_silent) {
    const auto beyond = std::max(took - usual, Time(0));
    if (!is_silent && beyond.count() == 0) {
        return;
    }
    auto& waited = waited_[who];
    waited.silent += is_silent ? 1 : 0;
    waited.time += beyond;
    all_ += beyond;
}

std::optional<DnsPatience::Time> DnsPatience::limit() const {
    return all_ < most_for_all ? std::nullopt : std::optional(usual);
}

} // namespace milter::tool::reports
