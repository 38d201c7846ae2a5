// Which policy a message is judged by: that of the first profile whose conditions it meets. Nobody gets out
// of a profile by adding an author to From, or more recipients than are kept: there may be several policies
// then, and the one that does most is to be taken.
#pragma once

#include "authenticate/exceptions.h"
#include "authenticate/policy.h"
#include "base/domain_name.h"
#include "base/ip_address.h"
#include "base/ip_network.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authenticate {

// All that are given must hold, and one of the values of each. Domains are A-labels in lower case;
// ".example.org" is every name below example.org.
struct ProfileConditions {
    std::vector<std::string> daemon_names{}; // {daemon_name}
    std::vector<std::string> daemon_ports{}; // {daemon_port}
    std::vector<base::IpNetwork> clients{};
    std::vector<std::string> author_domains{};
    std::vector<std::string> recipient_domains{};

    bool operator==(const ProfileConditions&) const = default;

    // None at all: it holds for every message.
    [[nodiscard]] bool is_empty() const { return *this == ProfileConditions(); }
};

struct Profile {
    ProfileConditions conditions;
    Policy policy; // it bears the profile's name
};

// What is known of a message before it is judged.
struct ProfileFacts {
    std::string daemon_name;
    std::string daemon_port;
    std::optional<base::IpAddress> client;
    std::vector<base::DomainName> author_domains;
    bool any_author = false;             // there are authors, and it cannot be told who
    std::vector<std::string> recipients; // paths as given; empty where not all of them are known
    bool any_recipient = false;          // there were too many to keep
};

// For one of the authors; null: there is none. `open`: it depends on authors or recipients that are not
// known.
[[nodiscard]] Match holds(const ProfileConditions& conditions, const ProfileFacts& facts,
                          const base::DomainName* author);

// Whether every message that meets `narrow` also meets `wide`, as far as the lists tell.
[[nodiscard]] bool covers(const ProfileConditions& wide, const ProfileConditions& narrow);

// Those that it is judged by, in the order of the profiles: one for each author, as if there were no other,
// and wherever a profile may hold and may not, what comes behind it as well. At least one.
[[nodiscard]] std::vector<const Policy*> choose_policies(const std::vector<Profile>& profiles,
                                                         const Policy& otherwise, const ProfileFacts& facts);

} // namespace authenticate
