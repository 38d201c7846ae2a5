// Which organization a domain belongs to, by the tree walk or by the Public Suffix List; each domain settled
// once.
#pragma once

#include "dmarc/options.h"
#include "dmarc/tree_walk.h"

#include <map>

namespace dmarc {

struct Organization {
    Walk::State state = Walk::State::finished;
    base::DomainName domain; // the Organizational Domain, when finished
    Walk walk;               // empty when it was looked up in the list instead
    bool by_list = false;
};

class Organizations {
  public:
    Organizations(PolicyRecords& records, const Options& options);

    [[nodiscard]] const dns::Awaited<Organization>& of(const base::DomainName& name);
    // Null when of() has not been asked about this name, or waits for answers.
    [[nodiscard]] const Organization* settled(const base::DomainName& name) const;

    // RFC 9989 11.8 leaves the gap that this closes: a registry that publishes a record without psd=y turns
    // into the Organizational Domain of all its customers. True when `organization` is such a place and the
    // two names belong to different customers, by the list. A record with psd=y never leads here: below it
    // each name has its own.
    [[nodiscard]] bool are_strangers(const base::DomainName& organization, const base::DomainName& a,
                                     const base::DomainName& b) const;

  private:
    PolicyRecords& records_;
    const PublicSuffixList* list_;
    bool by_list_; // psl mode
    std::map<base::DomainName, dns::Awaited<Organization>> known_;
};

} // namespace dmarc
