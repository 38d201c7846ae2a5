#include "milter/direction.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_internal(const Origin& origin, const config::Settings::Roles& roles) {
    return origin.client &&
           std::any_of(roles.internal_hosts.begin(), roles.internal_hosts.end(),
                       [&](const auto& network) { return network.contains(*origin.client); });
}

// Postfix hands mail of sendmail(1), of qmqpd and its own bounces to non_smtpd_milters as coming from
// localhost, with the sender as a bare address. Mail that is queued again keeps its first client and is not
// local because of that.
bool is_local_submission(const Origin& origin) {
    return origin.bare_path && (!origin.client || origin.client->is_loopback());
}

} // namespace

Direction decide(const Origin& origin, const config::Settings::Roles& roles) {
    if (!origin.auth_authen.empty() || !origin.auth_type.empty()) {
        return {Mode::sign, fmt::format("authenticated as {}", origin.auth_authen), false};
    }
    if (contains(roles.originating_daemons, origin.daemon_name)) {
        return {Mode::sign, fmt::format("originating daemon {}", origin.daemon_name), false};
    }
    if (roles.sign_local_submission && is_local_submission(origin)) {
        return {Mode::sign, "local submission", false};
    }
    const bool internal = is_internal(origin, roles);
    if (contains(roles.reinjection_daemons, origin.daemon_name)) {
        const auto why = fmt::format("reinjection daemon {}", origin.daemon_name);
        return {internal && roles.keep_reinjected_results ? Mode::keep : Mode::verify, why, internal};
    }
    if (internal) {
        return {Mode::sign, fmt::format("internal host {}", origin.client->print()), false};
    }
    return {Mode::verify,
            origin.client ? fmt::format("external host {}", origin.client->print()) : "unknown client",
            false};
}

} // namespace milter
