// What the settings come to for mail of one domain.
#pragma once

#include "base/domain_name.h"
#include "config/load.h"

#include <string>
#include <vector>

namespace milter::tool {

struct DomainLine {
    std::string name;
    std::string value;  // as YAML
    std::string origin; // "/etc/paraph/paraph.yaml:12", "default", or why there is none
};

[[nodiscard]] std::vector<DomainLine> settings_of_domain(const config::Loaded& loaded,
                                                         const base::DomainName& domain);

} // namespace milter::tool
