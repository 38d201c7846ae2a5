#include "dmarc/tree_walk.h"

#include <algorithm>

namespace dmarc {

std::vector<base::DomainName> walk_targets(const base::DomainName& start) {
    std::vector<base::DomainName> targets{start};
    const std::size_t labels = start.label_count();
    // RFC 9989 4.10 step 4: a name of eight labels or more goes on with its last seven.
    for (std::size_t count = std::min(labels, max_walk_questions) - 1; count > 0; --count) {
        targets.push_back(start.suffix(count));
    }
    return targets;
}

dns::Awaited<Walk> walk(PolicyRecords& records, const base::DomainName& start) {
    Walk walk;
    // Behind a gap the loop only notes questions; what it sees there still tells where the walk must end.
    bool gap = false;
    for (const base::DomainName& target : walk_targets(start)) {
        const auto& lookup = records.at(target);
        walk.visited.push_back(target);
        if (!lookup) {
            gap = true;
        } else if (lookup->state == Lookup::State::failed) {
            walk.state = Walk::State::failed;
            walk.trouble = lookup->trouble;
            break;
        } else if (lookup->state == Lookup::State::found) {
            walk.found.push_back({target, lookup->record.get()});
            if (lookup->record->psd != PublicSuffixFlag::unknown) {
                break;
            }
        }
    }
    return gap ? dns::unanswered : dns::Awaited<Walk>(std::move(walk));
}

base::DomainName organizational_domain(const Walk& walk, const base::DomainName& start) {
    if (walk.found.empty()) {
        return start;
    }
    const FoundRecord& last = walk.found.back();
    // RFC 9989 4.10.2: one label below the public suffix, cut from the name the walk began with: after the
    // jump to seven labels that name was never asked about. A suffix that is itself the start is its own
    // organization.
    if (last.record->psd == PublicSuffixFlag::yes && last.domain != start) {
        return start.suffix(last.domain.label_count() + 1);
    }
    return last.domain; // psd=n, or the fewest labels of all
}

} // namespace dmarc
