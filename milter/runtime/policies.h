// What becomes of incoming mail: the policies of the settings, ready for use.
#pragma once

#include "authenticate/profile.h"
#include "config/settings.h"

#include <chrono>
#include <string>
#include <vector>

namespace milter::runtime {

struct Policies {
    authenticate::Policy otherwise; // where no profile holds
    std::vector<authenticate::Profile> profiles;
    std::vector<authenticate::Exception> exceptions;
    std::vector<authenticate::Exception> exceptions_at_rcpt; // of them, those that need no message
};

[[nodiscard]] Policies make_policies(const config::Settings& settings);

[[nodiscard]] bool needs_recipients(const Policies& policies);
// Whether the mail server may be asked to hold a message.
[[nodiscard]] bool may_hold(const Policies& policies);

// What the settings say of the policy of that name.
[[nodiscard]] std::chrono::seconds tempfail_for(const config::Settings& settings, const std::string& profile);

} // namespace milter::runtime
