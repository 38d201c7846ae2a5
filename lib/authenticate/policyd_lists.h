// The lists of clients that policyd-spf does not judge. Three of them need the DNS.
//
// Ask and resume: see dns/awaited.h.
#pragma once

#include "authenticate/policyd_rules.h"
#include "base/ip_address.h"
#include "base/unix_time.h"
#include "dns/awaited.h"
#include "iprev/options.h"
#include "spf/options.h"

#include <string>

namespace authenticate {

struct ListVerdict {
    std::string list;    // the one that the client is on: "Whitelist"; empty: on none
    std::string entry;   // of it
    std::string problem; // on none, but this could not be looked up

    bool operator==(const ListVerdict&) const = default;
};

struct ListRequest {
    base::IpAddress client;
    std::string helo; // as given: it chooses an entry, and proves nothing
    base::UnixTime now = 0;
};

using ListOutcome = dns::Outcome<ListVerdict>;

// In the order of policyd-spf. The questions of all lists are asked in one round.
[[nodiscard]] ListOutcome find_on_lists(const ListRequest& request, const dns::Answers& known,
                                        const PolicydRules& rules, const spf::Options& spf_options,
                                        const iprev::Options& iprev_options);

} // namespace authenticate
