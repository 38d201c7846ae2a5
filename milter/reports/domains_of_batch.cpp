#include "milter/reports/domains_of_batch.h"

#include "milter/reports/detail.h"

#include <algorithm>

namespace milter::reports {

DomainsOfBatch::DomainsOfBatch(const Pending& batch, const Known& known, std::size_t most,
                               const OrganizationDays& organizations)
    : organizations_(organizations), most_(most) {
    for (const auto& [key, policy] : batch.policies()) {
        const DomainDay domain{key.day, policy.domain};
        if (!known.contains(domain)) {
            const auto above = organizations_.above(policy.domain);
            if (above && !has_room(domain, {key.day, *above})) {
                add_to_rest({key.day, *above}, policy);
                continue;
            }
        }
        all_[domain].emplace_back(key, &policy);
    }
    for (const auto& [organization, rest] : rests_) {
        // That of no policy, also where the organization has one like it.
        const auto key = report::key_of("the rest of " + rest.domain);
        all_[organization].emplace_back(PolicyDay{static_cast<report::Day>(organization.day), key}, &rest);
    }
}

bool DomainsOfBatch::has_room(const DomainDay& domain, const DomainDay& organization) {
    if (new_.contains(domain)) { // in another configuration
        return true;
    }
    auto& more = more_[organization];
    if (organizations_.domains(organization.day, organization.domain) + more >= most_) {
        return false;
    }
    ++more;
    new_.insert(domain);
    added_.push_back(organization);
    return true;
}

void DomainsOfBatch::add_to_rest(const DomainDay& organization, const PolicyCount& policy) {
    auto& rest = rests_[organization];
    if (rest.domain.empty()) {
        rest.domain = organization.domain; // a name, for it was read out of one
        rest.content = report::pack(report::Policy{.domain = *base::DomainName::parse(organization.domain)});
        rest.first_seen = policy.first_seen;
        rest.is_rest = true;
    }
    rest.first_seen = std::min(rest.first_seen, policy.first_seen);
    rest.messages += policy.messages;
    less_detail_ += policy.messages;
    for (const auto& [key, row] : policy.rows) {
        const auto nobody = nobody_of(key, row.content, organization.domain);
        auto& counted = rest.rows[nobody.key];
        counted.content = nobody.content;
        counted.messages += row.messages;
    }
}

} // namespace milter::reports
