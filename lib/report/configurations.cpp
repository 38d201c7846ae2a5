#include "report/configurations.h"

#include <algorithm>

namespace report {

namespace {

bool is_same(Policy a, const Policy& b) {
    a.rua = b.rua;
    a.error = b.error;
    return a == b;
}

} // namespace

std::vector<std::vector<std::size_t>> group_configurations(const std::vector<Policy>& seen) {
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t place = 0; place < seen.size(); ++place) {
        auto group = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& one) {
            return is_same(seen[one.front()], seen[place]);
        });
        if (group == groups.end() && groups.size() < max_configurations) {
            group = groups.emplace(group);
        }
        group = group == groups.end() ? group - 1 : group;
        group->push_back(place);
    }
    return groups;
}

} // namespace report
