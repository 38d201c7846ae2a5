#include "authenticate/policy.h"

#include <algorithm>

namespace authenticate {

namespace {

std::vector<Action> actions_of(const SpfActions& spf) {
    return {spf.fail, spf.softfail, spf.neutral, spf.none, spf.permerror, spf.temperror};
}

std::vector<Action> actions_of(const DmarcActions& dmarc) {
    if (dmarc.enforcement == Enforcement::annotate) {
        return {dmarc.permerror, dmarc.temperror};
    }
    return {dmarc.permerror, dmarc.temperror, dmarc.reject, dmarc.quarantine};
}

std::vector<Action> actions_of(Ground ground, const Policy& policy) {
    switch (ground) {
    case Ground::author:
        return {policy.author.missing, policy.author.several_fields, policy.author.several_domains,
                policy.author.unreadable, policy.author.stray_line_break};
    case Ground::spf:
        return actions_of(policy.spf);
    case Ground::helo:
        return actions_of(policy.helo);
    case Ground::dkim:
        return {policy.dkim.none,   policy.dkim.fail,      policy.dkim.no_key,
                policy.dkim.policy, policy.dkim.permerror, policy.dkim.temperror};
    case Ground::iprev:
        return {policy.iprev.fail, policy.iprev.permerror, policy.iprev.temperror};
    case Ground::dmarc:
        return actions_of(policy.dmarc);
    }
    return {};
}

bool may_refuse(const Policy& policy) {
    return may_ask_for(Action::tempfail, policy) || may_ask_for(Action::reject, policy) ||
           may_ask_for(Action::discard, policy);
}

} // namespace

std::string_view print(Ground ground) {
    switch (ground) {
    case Ground::author:
        return "author";
    case Ground::spf:
        return "spf";
    case Ground::helo:
        return "helo";
    case Ground::dkim:
        return "dkim";
    case Ground::iprev:
        return "iprev";
    case Ground::dmarc:
        return "dmarc";
    }
    return "?";
}

bool may_ask_for(Action action, const Policy& policy) {
    for (std::size_t i = 0; i < ground_count; ++i) {
        const auto asked = actions_of(static_cast<Ground>(i), policy);
        if (!policy.dry_run[i] && std::find(asked.begin(), asked.end(), action) != asked.end()) {
            return true;
        }
    }
    return false;
}

bool needs_recipients(const Policy& policy, const std::vector<Exception>& exceptions) {
    return (policy.spare_role_mailboxes && may_refuse(policy)) ||
           std::any_of(exceptions.begin(), exceptions.end(),
                       [](const Exception& exception) { return !exception.recipients.empty(); });
}

} // namespace authenticate
