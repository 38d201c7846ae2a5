// The relays of the settings with the addresses of those that are given by name.
#pragma once

#include "authenticate/border.h"
#include "base/result.h"
#include "config/settings.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace milter::runtime {

using Addresses = std::vector<base::IpAddress>;
using HostAddresses = base::Result<Addresses, std::string>;
// By the names of the hosts.
using KnownHosts = std::map<std::string, Addresses>;

// Asks the system (/etc/hosts, the DNS), and waits for the answer. Refused: a name without addresses, with
// the reason.
[[nodiscard]] HostAddresses look_up_host(const std::string& name);
using LookUpHost = std::function<HostAddresses(const std::string& name)>;

struct UnknownRelay {
    std::string file; // that names it
    std::size_t line;
    std::string problem;
    std::string name;
    bool keeps_addresses = false; // those of before
};

struct LoadedRelays {
    authenticate::RelayRules rules;
    KnownHosts hosts;
    std::vector<UnknownRelay> unknown; // names that have no addresses now

    // One that has none of before either: any client may be that relay. Empty: there is none.
    [[nodiscard]] std::string missed() const;
};

// A name that cannot be looked up keeps the addresses that it has in `known`, or is left out.
[[nodiscard]] LoadedRelays relay_rules(const config::Settings::Relays& settings, const LookUpHost& look_up,
                                       const KnownHosts& known);

} // namespace milter::runtime
