// Which checks run on inbound mail, and how.
#pragma once

#include "dkim/limits.h"
#include "dmarc/evaluate.h"
#include "spf/evaluate.h"

#include <cstddef>
#include <string>

namespace authenticate {

struct Options {
    bool iprev = false;

    bool spf = true;
    bool spf_helo = true; // RFC 7208 2.3: checking HELO as well is RECOMMENDED
    spf::Limits spf_limits;
    spf::LookAhead look_ahead = spf::LookAhead::records;
    spf::RecordMemo* spf_records = nullptr; // keeps parsed records; may be null

    bool dkim = true;
    dkim::Policy dkim_policy;

    bool dmarc = true;
    dmarc::Options dmarc_options;
    std::size_t author_domains = 10; // RFC 9989 11.5: a From with more domains is not evaluated

    std::string receiver; // our host name, for %{r} in SPF explanations
};

} // namespace authenticate
