#include "authenticate/profile.h"

#include "message/mailbox.h"

#include <algorithm>

namespace authenticate {

namespace {

bool is_among(const std::string& text, const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool domain_matches(const std::string& domain, std::string_view wanted) {
    return wanted.starts_with('.') ? domain.size() > wanted.size() && domain.ends_with(wanted)
                                   : domain == wanted;
}

bool is_listed(const base::DomainName& domain, const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const auto& wanted) { return domain_matches(domain.text(), wanted); });
}

// Nothing for "<postmaster>" and for an address literal.
std::optional<base::DomainName> domain_of(const std::string& path) {
    const auto mailbox = message::parse_path(path);
    return mailbox && *mailbox ? base::DomainName::parse_international((*mailbox)->domain) : std::nullopt;
}

bool clients_hold(const ProfileConditions& conditions, const std::optional<base::IpAddress>& client) {
    return conditions.clients.empty() ||
           (client && std::any_of(conditions.clients.begin(), conditions.clients.end(),
                                  [&](const auto& block) { return block.contains(*client); }));
}

// All of them: a profile must not be had by naming one of its domains beside another.
bool authors_hold(const ProfileConditions& conditions, const std::vector<base::DomainName>& domains) {
    return conditions.author_domains.empty() ||
           (!domains.empty() && std::all_of(domains.begin(), domains.end(), [&](const auto& domain) {
               return is_listed(domain, conditions.author_domains);
           }));
}

bool recipients_hold(const ProfileConditions& conditions, const std::vector<std::string>& recipients) {
    return conditions.recipient_domains.empty() ||
           (!recipients.empty() && std::all_of(recipients.begin(), recipients.end(), [&](const auto& path) {
               const auto domain = domain_of(path);
               return domain && is_listed(*domain, conditions.recipient_domains);
           }));
}

// A condition that is not given holds for all.
template <class Item>
bool covers_list(const std::vector<Item>& wide, const std::vector<Item>& narrow) {
    const auto is_in_wide = [&](const Item& item) {
        return std::find(wide.begin(), wide.end(), item) != wide.end();
    };
    return wide.empty() || (!narrow.empty() && std::all_of(narrow.begin(), narrow.end(), is_in_wide));
}

} // namespace

bool holds(const ProfileConditions& conditions, const ProfileFacts& facts) {
    return (conditions.daemon_names.empty() || is_among(facts.daemon_name, conditions.daemon_names)) &&
           (conditions.daemon_ports.empty() || is_among(facts.daemon_port, conditions.daemon_ports)) &&
           clients_hold(conditions, facts.client) && authors_hold(conditions, facts.author_domains) &&
           recipients_hold(conditions, facts.recipients);
}

bool covers(const ProfileConditions& wide, const ProfileConditions& narrow) {
    return covers_list(wide.daemon_names, narrow.daemon_names) &&
           covers_list(wide.daemon_ports, narrow.daemon_ports) && covers_list(wide.clients, narrow.clients) &&
           covers_list(wide.author_domains, narrow.author_domains) &&
           covers_list(wide.recipient_domains, narrow.recipient_domains);
}

const Policy& choose_policy(const std::vector<Profile>& profiles, const Policy& otherwise,
                            const ProfileFacts& facts) {
    const auto found = std::find_if(profiles.begin(), profiles.end(),
                                    [&](const Profile& profile) { return holds(profile.conditions, facts); });
    return found == profiles.end() ? otherwise : found->policy;
}

} // namespace authenticate
