#include "milter/reports/failure_parties.h"

#include "report/report_uri.h"

#include <algorithm>

namespace milter::reports {

FailureParties parties_of(const Organizations& organizations, const std::string& policy_domain,
                          const std::vector<std::string>& addresses) {
    const auto domain = base::DomainName::parse(policy_domain);
    FailureParties parties{.organization = domain ? organizations.of(*domain) : policy_domain};
    for (const std::string& text : addresses) {
        if (const auto address = report::read_address(text)) {
            parties.receivers.push_back(organizations.of(address->domain));
        }
    }
    auto& all = parties.receivers;
    std::erase(all, parties.organization);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return parties;
}

} // namespace milter::reports
