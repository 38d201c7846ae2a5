#include "milter/tool/zone_servers.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace milter::tool {

namespace {

using resolver::DirectReply;
using resolver::RecordType;
using resolver::ResponseCode;

constexpr std::uint16_t type_a = static_cast<std::uint16_t>(dns::Type::a);
constexpr std::uint16_t type_aaaa = static_cast<std::uint16_t>(dns::Type::aaaa);

bool is_usable(const DirectReply& reply) {
    return reply.is_answer(ResponseCode::no_error) || reply.is_answer(ResponseCode::no_such_name);
}

bool is_at_or_below(std::string_view name, std::string_view ancestor) {
    return ancestor.empty() || name == ancestor ||
           (name.size() > ancestor.size() && name.ends_with(ancestor) &&
            name[name.size() - ancestor.size() - 1] == '.');
}

// RFC 2308 2: a negative answer names the zone in its authority section, so that one question is mostly
// enough. Some resolvers leave that section out: then the names above are asked, one after the other.
base::Result<std::string, std::string> find_apex(const std::string& name, const Recursion& recursion) {
    std::string at = name;
    for (;;) { // each round takes a label off
        const auto reply = recursion.resolve(at, RecordType::soa);
        if (!is_usable(reply)) {
            return base::refuse(
                fmt::format("the zone of {} cannot be found: {}", base::printable(name), print(reply)));
        }
        // An alias leads into another zone, and says nothing of the one that it is in.
        if (reply.soa && reply.alias.empty() && is_at_or_below(at, reply.soa->zone)) {
            return reply.soa->zone;
        }
        const auto dot = at.find('.');
        if (dot == std::string::npos) {
            return base::refuse(fmt::format("the zone of {} cannot be found: no SOA record at or above it",
                                            base::printable(name)));
        }
        at.erase(0, dot + 1);
    }
}

} // namespace

AskAll ask_until(std::chrono::steady_clock::time_point deadline, resolver::DirectAsker& asker) {
    return [deadline, &asker](const std::vector<resolver::DirectQuestion>& questions) {
        return std::chrono::steady_clock::now() < deadline
                   ? asker.ask_all(questions, deadline)
                   : std::vector<resolver::DirectReply>(questions.size());
    };
}

DirectReply Recursion::resolve(const std::string& name, std::uint16_t type) const {
    return resolve_all({{name, type}}).front();
}

std::vector<DirectReply>
Recursion::resolve_all(const std::vector<std::pair<std::string, std::uint16_t>>& names) const {
    std::vector<DirectReply> replies(names.size());
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < names.size(); ++i) {
        open.push_back(i);
    }
    for (const dns::Server& server : servers_) {
        std::vector<resolver::DirectQuestion> questions;
        for (const std::size_t i : open) {
            questions.push_back({server, names[i].first, names[i].second, true});
        }
        auto said = questions.empty() ? std::vector<DirectReply>() : ask_all_(questions);
        std::vector<std::size_t> still_open;
        for (std::size_t at = 0; at < said.size(); ++at) {
            // What a server said tells more than the silence of the next one.
            if (is_usable(said[at]) || replies[open[at]].kind != DirectReply::Kind::answer) {
                replies[open[at]] = std::move(said[at]);
            }
            if (!is_usable(replies[open[at]])) {
                still_open.push_back(open[at]);
            }
        }
        open = std::move(still_open);
    }
    return replies;
}

base::Result<ServedZone, std::string> find_zone(const std::string& name, const Recursion& recursion) {
    auto apex = find_apex(name, recursion);
    if (!apex) {
        return base::refuse(std::move(apex.error()));
    }
    ServedZone zone{std::move(*apex), {}, {}};
    auto hosts = recursion.resolve(zone.apex, RecordType::ns).names;
    if (hosts.empty()) {
        return base::refuse(
            fmt::format("the name servers of the zone {} cannot be found", base::printable(zone.apex)));
    }
    std::sort(hosts.begin(), hosts.end());
    hosts.erase(std::unique(hosts.begin(), hosts.end()), hosts.end());
    hosts.resize(std::min(hosts.size(), max_zone_hosts));
    std::vector<std::pair<std::string, std::uint16_t>> names;
    for (const std::string& host : hosts) {
        names.emplace_back(host, type_a);
        names.emplace_back(host, type_aaaa);
    }
    const auto addresses = recursion.resolve_all(names);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        std::size_t count = 0;
        for (const auto* reply : {&addresses[2 * i], &addresses[2 * i + 1]}) {
            for (const base::IpAddress& address : reply->addresses) {
                if (count++ < max_host_addresses) {
                    zone.servers.push_back({hosts[i], {address}});
                }
            }
        }
        if (count == 0) {
            zone.no_address.push_back(hosts[i]);
        }
    }
    return zone;
}

std::string print(const DirectReply& reply) {
    switch (reply.kind) {
    case DirectReply::Kind::silence:
        return "no answer in time";
    case DirectReply::Kind::unreachable:
        return reply.error == 0 ? "unreachable" : std::generic_category().message(reply.error);
    case DirectReply::Kind::malformed:
        return "malformed answer";
    case DirectReply::Kind::answer:
        break;
    }
    switch (reply.rcode) {
    case ResponseCode::no_error:
        return reply.texts.empty() ? "no data" : "found";
    case ResponseCode::no_such_name:
        return "NXDOMAIN";
    case ResponseCode::server_failure:
        return "SERVFAIL";
    case ResponseCode::refused:
        return "REFUSED";
    default:
        return fmt::format("response code {}", reply.rcode);
    }
}

} // namespace milter::tool
