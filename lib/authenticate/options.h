// Which checks run on inbound mail, and how.
#pragma once

#include "authenticate/policyd_rules.h"
#include "dkim/options.h"
#include "dmarc/options.h"
#include "iprev/options.h"
#include "spf/options.h"

#include <cstddef>
#include <optional>
#include <string>

namespace authenticate {

struct Options {
    bool iprev = false;
    iprev::Options iprev_options;

    bool spf = true;
    bool spf_helo = true; // RFC 7208 2.3: checking HELO as well is RECOMMENDED
    spf::Options spf_options;

    bool dkim = true;
    dkim::Options dkim_options;

    bool dmarc = true;
    dmarc::Options dmarc_options;
    std::size_t author_domains = 10; // RFC 9989 11.5: a From with more domains is not evaluated

    std::optional<PolicydRules> policyd; // policyd-spf's switches; its lists are looked up with the sender

    std::string receiver; // our host name, for %{r} in SPF explanations
};

} // namespace authenticate
