// Whose mail servers they are: one record makes any number of hosts below a domain, and all of them may lead
// to one server. The list of suffixes and not the DNS, for its owner has that in his hand.
#pragma once

#include "base/domain_name.h"
#include "dmarc/public_suffix.h"

#include <string>

namespace milter::tool::reports {

class Organizations {
  public:
    [[nodiscard]] std::string of(const base::DomainName& host) const {
        return suffixes_.registered_domain(host).value_or(host).text();
    }

  private:
    dmarc::PublicSuffixList suffixes_ = dmarc::PublicSuffixList::built_in();
};

} // namespace milter::tool::reports
