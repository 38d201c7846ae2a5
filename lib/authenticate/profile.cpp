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

Match authors_hold(const ProfileConditions& conditions, const ProfileFacts& facts,
                   const base::DomainName* author) {
    if (conditions.author_domains.empty()) {
        return Match::yes;
    }
    if (author == nullptr) {
        return facts.any_author ? Match::open : Match::no;
    }
    return is_listed(*author, conditions.author_domains) ? Match::yes : Match::no;
}

// All of them: it is one message and gets one answer.
Match recipients_hold(const ProfileConditions& conditions, const ProfileFacts& facts) {
    if (conditions.recipient_domains.empty()) {
        return Match::yes;
    }
    if (facts.recipients.empty()) {
        return facts.any_recipient ? Match::open : Match::no;
    }
    const bool all =
        std::all_of(facts.recipients.begin(), facts.recipients.end(), [&](const std::string& path) {
            const auto domain = domain_of(path);
            return domain && is_listed(*domain, conditions.recipient_domains);
        });
    return all ? Match::yes : Match::no;
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

Match holds(const ProfileConditions& conditions, const ProfileFacts& facts, const base::DomainName* author) {
    if ((!conditions.daemon_names.empty() && !is_among(facts.daemon_name, conditions.daemon_names)) ||
        (!conditions.daemon_ports.empty() && !is_among(facts.daemon_port, conditions.daemon_ports)) ||
        !clients_hold(conditions, facts.client)) {
        return Match::no;
    }
    const Match by_author = authors_hold(conditions, facts, author);
    if (by_author == Match::no) {
        return Match::no;
    }
    const Match by_recipients = recipients_hold(conditions, facts);
    return by_recipients == Match::yes ? by_author : by_recipients;
}

bool covers(const ProfileConditions& wide, const ProfileConditions& narrow) {
    return covers_list(wide.daemon_names, narrow.daemon_names) &&
           covers_list(wide.daemon_ports, narrow.daemon_ports) && covers_list(wide.clients, narrow.clients) &&
           covers_list(wide.author_domains, narrow.author_domains) &&
           covers_list(wide.recipient_domains, narrow.recipient_domains);
}

std::vector<const Policy*> choose_policies(const std::vector<Profile>& profiles, const Policy& otherwise,
                                           const ProfileFacts& facts) {
    std::vector<bool> chosen(profiles.size() + 1, false); // the last one is the default
    const auto choose = [&](const base::DomainName* author) {
        for (std::size_t i = 0; i < profiles.size(); ++i) {
            const Match match = holds(profiles[i].conditions, facts, author);
            chosen[i] = chosen[i] || match != Match::no;
            if (match == Match::yes) {
                return;
            }
        }
        chosen.back() = true;
    };
    if (facts.author_domains.empty()) {
        choose(nullptr);
    }
    for (const base::DomainName& author : facts.author_domains) {
        choose(&author);
    }
    std::vector<const Policy*> policies;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (chosen[i]) {
            policies.push_back(i < profiles.size() ? &profiles[i].policy : &otherwise);
        }
    }
    return policies;
}

} // namespace authenticate
