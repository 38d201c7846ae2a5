// The policies of a batch by their domains. Where an organization has too many policy domains on a day, each
// further one counts for the organization: as a policy without address, of which no report is due, in rows
// that tell of nobody. No message is left out.
#pragma once

#include "milter/reports/organization_days.h"
#include "milter/reports/placement.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace milter::reports {

class DomainsOfBatch {
  public:
    using Policies = std::vector<std::pair<PolicyDay, const PolicyCount*>>;

    // `known`: what the store has of the domains of the batch and of their organizations.
    DomainsOfBatch(const Pending& batch, const Known& known, std::size_t most,
                   const OrganizationDays& organizations);
    DomainsOfBatch(const DomainsOfBatch&) = delete; // it points into itself
    DomainsOfBatch& operator=(const DomainsOfBatch&) = delete;

    [[nodiscard]] std::map<DomainDay, Policies>& all() { return all_; }
    [[nodiscard]] std::int64_t less_detail() const { return less_detail_; } // messages
    // The organizations of domains that are new in the store, one for each of them.
    [[nodiscard]] const std::vector<DomainDay>& added() const { return added_; }

  private:
    [[nodiscard]] bool has_room(const DomainDay& domain, const DomainDay& organization);
    void add_to_rest(const DomainDay& organization, const PolicyCount& policy);

    const OrganizationDays& organizations_;
    std::size_t most_;
    std::map<DomainDay, Policies> all_;
    std::map<DomainDay, PolicyCount> rests_; // of organizations
    std::map<DomainDay, std::size_t> more_;  // domains of organizations
    std::set<DomainDay> new_;
    std::vector<DomainDay> added_;
    std::int64_t less_detail_ = 0;
};

} // namespace milter::reports
