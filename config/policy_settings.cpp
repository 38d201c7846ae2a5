#include "config/policy_settings.h"

namespace config {

authenticate::Policy policy_of(const PolicyRules& rules) {
    authenticate::Policy policy = rules.policy;
    policy.dry_run.fill(rules.dry_run);
    for (const authenticate::Ground ground : rules.dry_run_for) {
        policy.dry_run.at(static_cast<std::size_t>(ground)) = true;
    }
    return policy;
}

} // namespace config
