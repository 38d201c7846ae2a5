// Which policy a message is judged by: that of the first profile whose conditions it meets.
#pragma once

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
    std::vector<std::string> recipients; // paths as given; empty where not all of them are known
};

[[nodiscard]] bool holds(const ProfileConditions& conditions, const ProfileFacts& facts);

// Whether every message that meets `narrow` also meets `wide`, as far as the lists tell.
[[nodiscard]] bool covers(const ProfileConditions& wide, const ProfileConditions& narrow);

[[nodiscard]] const Policy& choose_policy(const std::vector<Profile>& profiles, const Policy& otherwise,
                                          const ProfileFacts& facts);

} // namespace authenticate
