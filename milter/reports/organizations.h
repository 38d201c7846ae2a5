// Whose domains they are: one record makes any number of names below a domain, and all of them may lead to
// one server. The list of suffixes and not the DNS, for its owner has that in his hand.
#pragma once

#include "base/domain_name.h"
#include "dmarc/public_suffix.h"

#include <string>

namespace milter::reports {

class Organizations {
  public:
    [[nodiscard]] std::string of(const base::DomainName& name) const {
        return suffixes_.registered_domain(name).value_or(name).text();
    }

  private:
    dmarc::PublicSuffixList suffixes_ = dmarc::PublicSuffixList::built_in();
};

} // namespace milter::reports
