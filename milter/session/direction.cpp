#include "milter/session/direction.h"

#include "base/ascii.h"
#include "message/line_breaks.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::session {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Whoever runs the reverse zone of an address may write any name there. Postfix shows only names that lead
// back to the address, Sendmail others too.
const base::HostPattern* find_client(const base::HostList& hosts, const Client& client) {
    return find_host(hosts, client.name_confirmed ? client.name : "", client.address);
}

// "internal host 192.0.2.1", "internal host mail.example.org 192.0.2.1"
std::string host_in_words(std::string_view what, const base::HostPattern& entry, const Client& client) {
    const auto address = client.address ? client.address->print() : "without an address";
    return entry.network() ? fmt::format("{} {}", what, address)
                           : fmt::format("{} {} {}", what, client.name, address);
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

// The first condition that holds.
const base::MacroCondition* find_macro(const Origin& origin,
                                       const std::vector<base::MacroCondition>& conditions) {
    const auto found = std::find_if(conditions.begin(), conditions.end(), [&](const auto& condition) {
        return std::any_of(origin.macros.begin(), origin.macros.end(), [&](const auto& macro) {
            return macro.first == condition.name && condition.holds(macro.second);
        });
    });
    return found == conditions.end() ? nullptr : &*found;
}

// Mail that the relay's host hands back after a filter, or writes itself, has roles of its own.
bool is_through_relay(const Origin& origin, const config::Settings::Roles& roles) {
    return origin.client_is_relay && !contains(roles.reinjection_daemons, origin.daemon_name) &&
           !(roles.sign_local_submission && is_local_submission(origin.client));
}

Direction whose(const Origin& origin, const config::Settings::Roles& roles) {
    if (const auto* peer = find_client(roles.peers, origin.client)) {
        return {.mode = record::Mode::keep,
                .why = host_in_words("peer", *peer, origin.client),
                .keeps_results = roles.keep_peer_results};
    }
    // Before any login: a relay that logs in speaks for itself, and what it brings comes from strangers.
    if (is_through_relay(origin, roles)) {
        return {.mode = record::Mode::verify,
                .why = fmt::format("relay {}", origin.client.address->print()),
                .client_is_relay = true};
    }
    if (is_authenticated(origin.auth_authen, origin.auth_type)) {
        return {.mode = record::Mode::sign, .why = fmt::format("authenticated as {}", origin.auth_authen)};
    }
    if (contains(roles.originating_daemons, origin.daemon_name)) {
        return {.mode = record::Mode::sign, .why = fmt::format("originating daemon {}", origin.daemon_name)};
    }
    const auto* internal = find_client(roles.internal_hosts, origin.client);
    if (contains(roles.reinjection_daemons, origin.daemon_name)) {
        const bool keeps = internal != nullptr && roles.keep_reinjected_results;
        return {.mode = keeps ? record::Mode::keep : record::Mode::verify,
                .why = fmt::format("reinjection daemon {}", origin.daemon_name),
                .client_is_filter = internal != nullptr && !origin.client_is_relay,
                .client_is_relay = origin.client_is_relay,
                .keeps_results = keeps};
    }
    if (roles.sign_local_submission && is_local_submission(origin.client)) {
        return {.mode = record::Mode::sign, .why = "local submission", .may_be_returned = true};
    }
    if (internal != nullptr) {
        return {.mode = record::Mode::sign,
                .why = host_in_words("internal host", *internal, origin.client),
                .may_be_returned = true};
    }
    if (const auto* macro = find_macro(origin, roles.originating_macros)) {
        return {.mode = record::Mode::sign,
                .why = fmt::format("originating macro {}", macro->print()),
                .may_be_returned = true};
    }
    const auto& address = origin.client.address;
    return {.mode = record::Mode::verify,
            .why = address ? fmt::format("external host {}", address->print()) : "unknown client"};
}

} // namespace

Direction decide(const Origin& origin, const config::Settings::Roles& roles, config::Mode mode) {
    Direction direction = whose(origin, roles);
    if (mode == config::Mode::verify && direction.mode == record::Mode::sign) {
        direction.mode = record::Mode::verify;
        direction.client_is_filter = true;
        direction.is_own = true;
    }
    return direction;
}

bool is_exempt(const message::Author& author, const message::HeaderList& headers,
               const std::vector<base::DomainName>& exempt) {
    return author.state == message::Author::State::one && !message::has_stray_line_break(headers) &&
           std::find(exempt.begin(), exempt.end(), author.domains.front()) != exempt.end();
}

bool is_authenticated(std::string_view login, std::string_view mechanism) {
    return !is_blank(login) || !is_blank(mechanism);
}

} // namespace milter::session
