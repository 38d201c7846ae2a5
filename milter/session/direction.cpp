#include "milter/session/direction.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::session {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_internal(const Origin& origin, const config::Settings::Roles& roles) {
    const auto& address = origin.client.address;
    return address && std::any_of(roles.internal_hosts.begin(), roles.internal_hosts.end(),
                                  [&](const auto& network) { return network.contains(*address); });
}

// Postfix hands mail of sendmail(1) and its own bounces to non_smtpd_milters as coming from localhost, port
// 0. No connection has that port: a client of smtpd or qmqpd comes with a real one, from loopback too. Mail
// that is queued again keeps the client it came from. The name alone says nothing: any host may be called
// localhost in its own reverse zone. How MAIL FROM is spelled says nothing either: the client types it.
bool is_local_submission(const Client& client) {
    return client.port == 0 && client.address && client.address->is_loopback() &&
           base::iequals(client.name, "localhost");
}

bool is_blank(std::string_view text) {
    return base::trim_fws(text).empty();
}

bool is_authenticated(const Origin& origin) {
    return !is_blank(origin.auth_authen) || !is_blank(origin.auth_type);
}

} // namespace

Direction decide(const Origin& origin, const config::Settings::Roles& roles) {
    if (is_authenticated(origin)) {
        return {.mode = record::Mode::sign, .why = fmt::format("authenticated as {}", origin.auth_authen)};
    }
    if (contains(roles.originating_daemons, origin.daemon_name)) {
        return {.mode = record::Mode::sign, .why = fmt::format("originating daemon {}", origin.daemon_name)};
    }
    const bool internal = is_internal(origin, roles);
    if (contains(roles.reinjection_daemons, origin.daemon_name)) {
        return {.mode = internal && roles.keep_reinjected_results ? record::Mode::keep : record::Mode::verify,
                .why = fmt::format("reinjection daemon {}", origin.daemon_name),
                .client_is_filter = internal && !origin.client_is_relay,
                .client_is_relay = origin.client_is_relay};
    }
    if (roles.sign_local_submission && is_local_submission(origin.client)) {
        return {.mode = record::Mode::sign, .why = "local submission", .may_be_returned = true};
    }
    const auto& address = origin.client.address;
    if (origin.client_is_relay) {
        return {.mode = record::Mode::verify,
                .why = fmt::format("relay {}", address->print()),
                .client_is_relay = true};
    }
    if (internal) {
        return {.mode = record::Mode::sign,
                .why = fmt::format("internal host {}", address->print()),
                .may_be_returned = true};
    }
    return {.mode = record::Mode::verify,
            .why = address ? fmt::format("external host {}", address->print()) : "unknown client"};
}

} // namespace milter::session
