#include "config/check_exceptions.h"

#include "authenticate/policy.h"
#include "base/domain_name.h"
#include "base/ip_network.h"
#include "dmarc/public_suffix.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace config {

namespace {

using authenticate::Exception;
using authenticate::Ground;

bool is_for_spf_alone(const Exception& exception) {
    const auto& grounds = exception.grounds;
    return !grounds.empty() && std::all_of(grounds.begin(), grounds.end(), [](std::size_t ground) {
        return ground == static_cast<std::size_t>(Ground::spf) ||
               ground == static_cast<std::size_t>(Ground::helo);
    });
}

// What every name that the pattern matches ends with, as far as it is whole labels; empty: nothing.
std::string_view common_end(std::string_view pattern) {
    if (pattern.starts_with('.')) {
        pattern.remove_prefix(1);
    } else if (pattern.find('*') == std::string_view::npos) {
        return pattern;
    }
    if (const auto star = pattern.rfind('*'); star != std::string_view::npos) {
        const auto dot = pattern.find('.', star);
        return dot == std::string_view::npos ? std::string_view() : pattern.substr(dot + 1);
    }
    return pattern;
}

// Whether somebody can register a name that the pattern matches.
bool can_be_had(std::string_view pattern, const dmarc::PublicSuffixList& list) {
    const auto end = common_end(pattern);
    if (end == pattern && pattern.find('*') == std::string_view::npos) {
        return false; // one name
    }
    const auto name = base::DomainName::parse(end);
    return end.empty() || (name && list.is_public_suffix(*name));
}

bool is_within(const base::IpNetwork& inner, const std::string& outer) {
    const auto block = base::IpNetwork::parse(outer);
    return block && block->overlaps(inner) && block->length() <= inner.length();
}

void warn_of_suffixes(std::string_view setting, const std::vector<std::string>& patterns,
                      const Exception& exception, const Place& place, Report& report) {
    if (patterns.empty()) {
        return; // the list need not be read
    }
    const auto list = dmarc::PublicSuffixList::built_in();
    const auto found = std::find_if(patterns.begin(), patterns.end(),
                                    [&](const std::string& pattern) { return can_be_had(pattern, list); });
    if (found != patterns.end()) {
        report.warning(place,
                       fmt::format("exception '{}' is open to anybody: '{}' in {} stands for names that "
                                   "anybody can register",
                                   exception.name, *found, setting),
                       "name the domains");
    }
}

} // namespace

void check_reach(const Exception& exception, const Place& place, const Settings& settings, Report& report) {
    const auto& policyd = settings.spf.policyd;
    if (policyd.on && policyd.stage == PolicydStage::rcpt && is_for_spf_alone(exception) &&
        !authenticate::is_known_at_rcpt(exception)) {
        report.warning(place,
                       fmt::format("exception '{}' never holds for 'spf.policyd' with 'stage: rcpt': what it "
                                   "asks for comes later",
                                   exception.name),
                       "set 'spf.policyd.stage: end_of_message', or ask for clients or mail_from");
    }
    warn_of_suffixes("dkim_domains", exception.dkim_domains, exception, place, report);
    warn_of_suffixes("client_names", exception.client_names, exception, place, report);
    for (const auto& client : exception.clients) {
        for (const RelayEntry& relay : settings.relays.hosts) {
            const auto& addresses = relay.addresses;
            if (std::any_of(addresses.begin(), addresses.end(),
                            [&](const std::string& text) { return is_within(client, text); })) {
                report.warning(
                    place,
                    fmt::format("exception '{}' does not hold for mail through {}: that is a relay, "
                                "and the client that counts is the relay's",
                                exception.name, client.print()),
                    "for all mail of a relay write a profile with 'clients'");
                return;
            }
        }
    }
}

} // namespace config
