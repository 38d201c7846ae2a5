// What becomes of incoming mail, as the file says it: the default policy, profiles that begin as copies of
// it, and exceptions.
#pragma once

#include "authenticate/exceptions.h"
#include "authenticate/policy.h"
#include "authenticate/profile.h"

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace config {

struct PolicyRules {
    authenticate::Policy policy; // but for dry_run, which the next two say
    bool dry_run = false;
    std::vector<authenticate::Ground> dry_run_for;
    // How long a temperror leads to tempfail for mail of one domain; 0: as long as it lasts.
    std::chrono::seconds tempfail_for{std::chrono::hours(4)};
};

struct ProfileEntry {
    authenticate::ProfileConditions conditions;
    PolicyRules rules; // its policy bears the name
    std::size_t line = 0;
    std::set<std::string> given{}; // the settings that the profile itself states
};

struct PolicySettings {
    PolicyRules rules; // but for the actions of the author, which the section `author` says
    std::vector<std::string> exception_files;
    std::vector<ProfileEntry> profiles;              // in the order of the file
    std::vector<authenticate::Exception> exceptions; // those of the main file first
};

// With dry_run as the rules say it.
[[nodiscard]] authenticate::Policy policy_of(const PolicyRules& rules);

} // namespace config
