// Mail that relays of ours hand over (a backup MX, a front end): who gave it to them.
//
// The checks of the sender belong to the host that crossed our border. Each relay says in its Received field
// from whom it had the message. The fields are followed from the top, as long as the client that one tells of
// is a relay of ours again, which then wrote the next one. The first client that is none is the one. What is
// below the field that tells of it was written outside, and is never looked at.
#pragma once

#include "authenticate/sender.h"
#include "base/ip_network.h"
#include "message/header_list.h"
#include "message/received.h"

#include <cstddef>
#include <string>
#include <vector>

namespace authenticate {

struct Relay {
    std::vector<base::IpNetwork> addresses;
    std::vector<base::IpNetwork> inside; // of its own filters, which write fields as well; never our client
    std::vector<std::string> names;      // what it calls itself behind "by"; ".example.org": all below it
    message::ReceivedForm form = message::ReceivedForm::any;
};

struct RelayRules {
    std::vector<Relay> relays;
    std::size_t most_hops = 10;
    RewrittenSender srs = RewrittenSender::none;
    std::vector<std::string> srs_domains; // under which they rewrite; empty: any
};

// The relay with this address; null if it is none of ours.
[[nodiscard]] const Relay* find_relay(const RelayRules& rules, const base::IpAddress& address);

// From the relay that is our client outward. A client is never guessed: if anything is amiss there is none,
// with the reason.
[[nodiscard]] Passage find_border(const base::IpAddress& client, const message::HeaderList& headers,
                                  const RelayRules& rules);

// What the checks of the sender are made over, for a session whose client is a relay of ours.
[[nodiscard]] Envelope at_border(const Envelope& session, const message::HeaderList& headers,
                                 const RelayRules& rules);

} // namespace authenticate
