// Whose mail opendkim signs, checks, or leaves alone.

#include "base/ascii.h"
#include "base/ip_network.h"
#include "base/secret_text.h"
#include "config/import/host_entries.h"
#include "config/import/keyword_file.h"
#include "config/import/opendkim.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

struct Hosts {
    std::vector<std::string> entries;
    std::vector<std::string> of_everybody; // blocks that are left out because they hold everybody
    bool known = false;                    // the list could be read
};

// What becomes of an entry that does not get to the list.
void tell_left_out(Job& job, const Option& at, const HostEntry& entry) {
    if (entry.strangers) {
        const bool peers = base::iequals(at.name, "PeerList");
        job.tell(Effect::decide, at,
                 fmt::format("{} holds everybody who can connect and is left out of {}. If the mail server "
                             "lets in your own hosts alone, write their blocks there by hand{}",
                             base::quoted(at.value), peers ? "roles.peers" : "roles.internal_hosts",
                             peers ? "" : "; of it, this host alone stays"));
        return;
    }
    job.tell(entry.lost ? Effect::decide : Effect::note, at,
             fmt::format("{} is left out: {}", base::quoted(at.value), entry.why));
}

// The row of a refile: that makes an exception of this one.
const SetItem* exception_of(const SetItem& item, const std::vector<SetItem>& items) {
    if (item.name.starts_with('!')) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(
        items, [&](const SetItem& row) { return &row != &item && excepts(row.name, item.name); });
    return found == items.end() ? nullptr : &*found;
}

// What is left out is told, each entry with its place.
Hosts read_hosts(Job& job, const Option& option) {
    Hosts hosts;
    const auto items = job.items_of(option);
    if (!items) {
        return hosts;
    }
    hosts.known = true;
    const bool patterns = parse_data_set(option.value).set.kind == SetKind::patterns;
    for (const SetItem& item : *items) {
        if (item.name == "-") {
            continue; // the usual way to write that there are none
        }
        HostEntry entry = read_host(item.name, patterns);
        const SetItem* exception = patterns && !entry.text.empty() ? exception_of(item, *items) : nullptr;
        if (exception != nullptr) {
            entry = {"",
                     fmt::format("{} in line {} excepts it with OpenDKIM", base::quoted(exception->name),
                                 exception->place.line),
                     false, false};
        }
        if (!entry.strangers && !entry.text.empty()) {
            hosts.entries.push_back(entry.text);
            continue;
        }
        if (entry.strangers) {
            hosts.of_everybody.push_back(entry.text);
        }
        tell_left_out(job, {option.name, item.name, item.place, 0}, entry);
    }
    return hosts;
}

// Of what holds everybody, this host was internal as well and cannot be a stranger.
void add_this_host(Hosts& hosts) {
    for (const char* address : {"127.0.0.1", "::1"}) {
        const auto here = base::IpAddress::parse(address);
        if (std::ranges::any_of(hosts.of_everybody, [&](const std::string& text) {
                const auto block = base::IpNetwork::parse(text);
                return here && block && block->contains(*here);
            })) {
            hosts.entries.emplace_back(address);
        }
    }
}

bool is_this_host(const std::string& entry) {
    return base::iequals(entry, "localhost") || entry.starts_with("127.") || entry.starts_with("::1");
}

void import_internal_hosts(Job& job) {
    const Option* option = job.find("InternalHosts");
    if (option == nullptr) {
        return;
    }
    Hosts hosts = read_hosts(job, *option);
    if (!hosts.known) {
        hosts.entries = {"127.0.0.1", "::1"}; // until somebody looks at it; nobody else is signed for
    }
    add_this_host(hosts);
    job.set_list(*option, "roles.internal_hosts", hosts.entries);
    if (std::ranges::none_of(hosts.entries, is_this_host)) {
        job.set(*option, "roles.sign_local_submission", "false");
    }
}

void import_peers(Job& job) {
    const Option* option = job.find("PeerList");
    if (option == nullptr) {
        return;
    }
    const Hosts hosts = read_hosts(job, *option);
    if (!hosts.entries.empty()) {
        job.set_list(*option, "roles.peers", hosts.entries);
    }
}

// Without MTA no service of the mail server makes mail our own; by default paraphd has one that does.
void import_daemons(Job& job) {
    const Option* option = job.find("MTA");
    std::vector<std::string> names;
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    for (const SetItem& item : items.value_or(std::vector<SetItem>())) {
        names.push_back(item.name);
    }
    const Option none{"MTA", "", job.whole(), 0};
    job.set_list(option == nullptr ? none : *option, "roles.originating_daemons", names);
}

void import_macros(Job& job) {
    const Option* option = job.find("MacroList");
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    if (!items) {
        return;
    }
    std::vector<std::string> conditions;
    for (const SetItem& item : *items) {
        const bool bare = item.name.size() > 1 && !item.name.starts_with('{');
        const std::string name = bare ? fmt::format("{{{}}}", item.name) : item.name;
        conditions.push_back(item.value.empty() ? name : fmt::format("{}={}", name, item.value));
    }
    job.set_list(*option, "roles.originating_macros", conditions);
}

void import_mode(Job& job) {
    const Option* option = job.find("Mode");
    if (option == nullptr) {
        return;
    }
    const bool signs = option->value.find('s') != std::string::npos;
    const bool verifies = option->value.find('v') != std::string::npos;
    if (option->value.find_first_not_of("sv") != std::string::npos || (!signs && !verifies)) {
        job.work().problems.push_back(
            {{option->place.file, option->place.line, option->value_column},
             fmt::format("Mode: expected s, v or sv, found {}", base::quoted(option->value))});
        return;
    }
    if (signs && !verifies && job.work().checks_elsewhere) {
        job.tell(Effect::receivers, *option,
                 "mail that comes in is checked for DKIM as well: the results that opendmarc or policyd-spf "
                 "give need it");
        return;
    }
    job.set(*option, "mode", signs && verifies ? "both" : signs ? "sign" : "verify");
}

void import_exempt(Job& job) {
    const Option* option = job.find("ExemptDomains");
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    if (!items) {
        return;
    }
    std::vector<std::string> domains;
    for (const SetItem& item : *items) {
        domains.push_back(item.name);
    }
    job.set_list(*option, "roles.exempt_domains", domains);
}

// OpenDKIM compares whole addresses. Here a domain alone would be all of its addresses.
void import_unsigned_recipients(Job& job) {
    const Option* option = job.find("DontSignMailTo");
    const auto items = option == nullptr ? std::nullopt : job.items_of(*option);
    if (!items) {
        return;
    }
    const bool patterns = parse_data_set(option->value).set.kind == SetKind::patterns;
    std::vector<std::string> recipients;
    for (const SetItem& item : *items) {
        const bool wild = item.name.find('*') != std::string::npos;
        const Option at{option->name, item.name, item.place, 0};
        if (wild && patterns && item.name.find('@') == std::string::npos) {
            job.tell(Effect::decide, at,
                     fmt::format("mail to {} is signed now: write such a row with @, as *@example.org",
                                 base::quoted(item.name)));
        } else if (item.name.find('@') == std::string::npos || (wild && !patterns)) {
            job.tell(
                Effect::note, at,
                fmt::format("{} is left out: OpenDKIM compares whole addresses, so that it matched nobody",
                            base::quoted(item.name)));
        } else {
            recipients.push_back(item.name);
        }
    }
    job.set_list(*option, "signing.unsigned_recipients", recipients);
}

} // namespace

void import_roles(Job& job) {
    import_mode(job);
    import_internal_hosts(job);
    import_peers(job);
    import_daemons(job);
    import_macros(job);
    import_exempt(job);
    import_unsigned_recipients(job);
}

} // namespace config::import
