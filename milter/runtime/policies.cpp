#include "milter/runtime/policies.h"

#include <algorithm>
#include <iterator>

namespace milter::runtime {

namespace {

template <class Test>
bool any_policy(const Policies& policies, Test test) {
    return test(policies.otherwise) ||
           std::any_of(policies.profiles.begin(), policies.profiles.end(),
                       [&](const authenticate::Profile& profile) { return test(profile.policy); });
}

} // namespace

Policies make_policies(const config::Settings& settings) {
    Policies policies;
    policies.otherwise = config::policy_of(settings.policy.rules);
    policies.otherwise.author = {.missing = settings.author.missing,
                                 .several_fields = settings.author.several_fields,
                                 .several_domains = settings.author.several_domains,
                                 .unreadable = settings.author.unreadable,
                                 .stray_line_break = settings.author.stray_line_break};
    policies.otherwise.quarantine_field = settings.quarantine_field;
    for (const config::ProfileEntry& entry : settings.policy.profiles) {
        authenticate::Policy policy = config::policy_of(entry.rules);
        policy.quarantine_field = settings.quarantine_field;
        policies.profiles.push_back({entry.conditions, std::move(policy)});
    }
    policies.exceptions = settings.policy.exceptions;
    std::copy_if(policies.exceptions.begin(), policies.exceptions.end(),
                 std::back_inserter(policies.exceptions_at_rcpt), authenticate::is_known_at_rcpt);
    return policies;
}

bool needs_recipients(const Policies& policies) {
    return any_policy(policies,
                      [&](const authenticate::Policy& policy) {
                          return authenticate::needs_recipients(policy, policies.exceptions);
                      }) ||
           std::any_of(policies.profiles.begin(), policies.profiles.end(),
                       [](const auto& profile) { return !profile.conditions.recipient_domains.empty(); });
}

bool may_hold(const Policies& policies) {
    return any_policy(policies, [](const authenticate::Policy& policy) {
        return authenticate::may_ask_for(authenticate::Action::quarantine, policy);
    });
}

std::chrono::seconds tempfail_for(const config::Settings& settings, const std::string& profile) {
    const auto& profiles = settings.policy.profiles;
    const auto found = std::find_if(profiles.begin(), profiles.end(),
                                    [&](const auto& entry) { return entry.rules.policy.profile == profile; });
    return found == profiles.end() ? settings.policy.rules.tempfail_for : found->rules.tempfail_for;
}

} // namespace milter::runtime
