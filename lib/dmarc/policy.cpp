#include "dmarc/policy.h"

#include <algorithm>

namespace dmarc {

namespace {

ChosenRecord chosen(const base::DomainName& domain, const Record& record, bool inherited) {
    return {ChosenRecord::State::chosen, &record, domain, inherited, {}};
}

ChosenRecord failed(Trouble trouble) {
    ChosenRecord choice;
    choice.state = ChosenRecord::State::failed;
    choice.trouble = std::move(trouble);
    return choice;
}

dns::Awaited<ChosenRecord> from_lookup(const base::DomainName& domain, const dns::Awaited<Lookup>& lookup,
                                       bool inherited) {
    if (!lookup) {
        return dns::unanswered;
    }
    switch (lookup->state) {
    case Lookup::State::absent:
        return ChosenRecord();
    case Lookup::State::found:
        return chosen(domain, *lookup->record, inherited);
    case Lookup::State::failed:
        return failed(lookup->trouble);
    }
    return ChosenRecord();
}

// RFC 9989 4.10.1: after the author domain the Organizational Domain, then the public suffix; nothing between
// them.
ChosenRecord from_walk(const Organization& organization) {
    const auto& found = organization.walk.found;
    const auto own = std::find_if(found.begin(), found.end(), [&](const FoundRecord& candidate) {
        return candidate.domain == organization.domain;
    });
    if (own != found.end()) {
        return chosen(own->domain, *own->record, true);
    }
    if (!found.empty() && found.back().record->psd == PublicSuffixFlag::yes) {
        return chosen(found.back().domain, *found.back().record, true);
    }
    return {};
}

bool is_invalid(const PolicyTag& tag) {
    return tag.state == PolicyTag::State::invalid;
}
bool is_valid(const PolicyTag& tag) {
    return tag.state == PolicyTag::State::valid;
}

} // namespace

dns::Awaited<ChosenRecord> choose_record(PolicyRecords& records, Organizations& organizations,
                                         const base::DomainName& author) {
    auto own = from_lookup(author, records.at(author), false);
    if (!own || own->state != ChosenRecord::State::none) {
        return own;
    }
    const auto& organization = organizations.of(author);
    if (!organization) {
        return dns::unanswered;
    }
    if (organization->state == Walk::State::failed) {
        return failed(organization->walk.trouble);
    }
    return organization->by_list ? from_lookup(organization->domain, records.at(organization->domain), true)
                                 : from_walk(*organization);
}

Usability usability(const Record& record) {
    const bool broken = is_invalid(record.p) || is_invalid(record.sp) || is_invalid(record.np);
    if (!broken && is_valid(record.p)) {
        return Usability::usable;
    }
    if (!record.rua.empty()) {
        return Usability::forced_none;
    }
    // Both mean "no DMARC"; the word tells the domain's owner that a typo was seen.
    return broken ? Usability::broken : Usability::silent;
}

SelectedPolicy own_policy(const Record& record) {
    return {"p", record.p.policy};
}

SelectedPolicy subdomain_policy(const Record& record) {
    return is_valid(record.sp) ? SelectedPolicy{"sp", record.sp.policy} : own_policy(record);
}

SelectedPolicy non_existent_policy(const Record& record) {
    return is_valid(record.np) ? SelectedPolicy{"np", record.np.policy} : subdomain_policy(record);
}

SelectedPolicy select_policy(const Record& record, bool inherited, Existence existence) {
    if (usability(record) == Usability::forced_none) {
        return {"forced", Policy::none}; // for sp and np as well: the record as a whole acts so
    }
    if (!inherited) {
        return own_policy(record);
    }
    return existence == Existence::does_not_exist ? non_existent_policy(record) : subdomain_policy(record);
}

Policy lowered_by_test_mode(Policy policy) {
    switch (policy) {
    case Policy::none:
    case Policy::quarantine:
        return Policy::none;
    case Policy::reject:
        return Policy::quarantine;
    }
    return Policy::none;
}

// RFC 9989 3.2.13: a name does not exist when the DNS says NXDOMAIN, whatever type was asked for. TXT,
// because SPF has most likely asked for it already.
dns::Awaited<ExistenceTest> test_existence(PolicyRecords& records, dns::Inquiry& dns,
                                           const base::DomainName& author) {
    if (const auto& own = records.at(author); own && own->owner_exists) {
        return ExistenceTest{Existence::exists, {}};
    }
    const dns::Answer* answer = dns.ask(author.text(), dns::Type::txt);
    if (answer == nullptr) {
        return dns::unanswered;
    }
    switch (answer->status) {
    case dns::Status::found:
    case dns::Status::no_data:
        return ExistenceTest{Existence::exists, {}};
    case dns::Status::no_name:
        // RFC 6604: behind a CNAME the NXDOMAIN belongs to its target.
        return ExistenceTest{answer->aliased ? Existence::exists : Existence::does_not_exist, {}};
    case dns::Status::failed:
        break;
    }
    return ExistenceTest{Existence::failed, trouble_with("TXT " + author.text(), *answer)};
}

} // namespace dmarc
