#include "dmarc/organizations.h"

#include <cassert>

namespace dmarc {

namespace {

dns::Awaited<Organization> by_walk(PolicyRecords& records, const base::DomainName& name) {
    auto steps = walk(records, name);
    if (!steps) {
        return dns::unanswered;
    }
    const Walk::State state = steps->state;
    base::DomainName domain = state == Walk::State::finished ? organizational_domain(*steps, name) : name;
    return Organization{state, std::move(domain), *std::move(steps), false};
}

Organization by_list(const PublicSuffixList& list, const base::DomainName& name) {
    return {Walk::State::finished, list.registrable_domain(name).value_or(name), {}, true};
}

} // namespace

// The walk is the standard's own way and needs no list, so it also serves a caller who broke the promise to
// bring one.
Organizations::Organizations(PolicyRecords& records, const Options& options)
    : records_(records), list_(options.public_suffixes),
      by_list_(options.discovery == Discovery::psl && options.public_suffixes != nullptr) {
    assert(options.discovery != Discovery::psl || options.public_suffixes != nullptr);
}

const dns::Awaited<Organization>& Organizations::of(const base::DomainName& name) {
    if (const auto known = known_.find(name); known != known_.end()) {
        return known->second;
    }
    auto organization = by_list_ ? by_list(*list_, name) : by_walk(records_, name);
    return known_.emplace(name, std::move(organization)).first->second;
}

const Organization* Organizations::settled(const base::DomainName& name) const {
    const auto known = known_.find(name);
    return known == known_.end() || !known->second ? nullptr : &*known->second;
}

bool Organizations::are_strangers(const base::DomainName& organization, const base::DomainName& a,
                                  const base::DomainName& b) const {
    if (by_list_ || list_ == nullptr || !list_->is_public_suffix(organization)) {
        return false;
    }
    const auto registrant = list_->registrable_domain(a);
    return !registrant || registrant != list_->registrable_domain(b);
}

} // namespace dmarc
