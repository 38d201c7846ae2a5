#include "milter/tool/live_record.h"

#include <algorithm>
#include <cerrno>

namespace milter::tool {

namespace {

using resolver::DirectQuestion;
using resolver::DirectReply;
using resolver::ResponseCode;

constexpr std::size_t max_aliases = 8; // one after the other, as resolvers bound them

ServerView::Kind kind_of(const DirectReply& reply) {
    switch (reply.kind) {
    case DirectReply::Kind::silence:
    case DirectReply::Kind::malformed:
        return ServerView::Kind::silent;
    case DirectReply::Kind::unreachable:
        return reply.error == ENETUNREACH || reply.error == EAFNOSUPPORT || reply.error == EADDRNOTAVAIL
                   ? ServerView::Kind::no_way
                   : ServerView::Kind::unreachable;
    case DirectReply::Kind::answer:
        break;
    }
    // Who has the answer from elsewhere leaves AA out, and who has none refers or refuses.
    if (!reply.authoritative ||
        !(reply.is_answer(ResponseCode::no_error) || reply.is_answer(ResponseCode::no_such_name))) {
        return ServerView::Kind::lame;
    }
    if (!reply.texts.empty()) {
        return ServerView::Kind::shown;
    }
    return reply.alias.empty() ? ServerView::Kind::none : ServerView::Kind::alias;
}

std::vector<ServerView> ask_servers(const std::string& name, const ServedZone& zone, const AskAll& ask_all) {
    std::vector<DirectQuestion> questions;
    for (const ZoneServer& server : zone.servers) {
        questions.push_back({server.server, name, static_cast<std::uint16_t>(dns::Type::txt)});
        questions.push_back({server.server, zone.apex, resolver::RecordType::soa});
    }
    auto replies = ask_all(questions);
    std::vector<ServerView> views;
    for (std::size_t i = 0; i < zone.servers.size(); ++i) {
        DirectReply& reply = replies[2 * i];
        const DirectReply& soa = replies[2 * i + 1];
        ServerView view{kind_of(reply), zone.servers[i], zone.apex, std::move(reply)};
        if (soa.soa && soa.authoritative && soa.soa->zone == zone.apex) {
            view.serial = soa.soa->serial;
            view.negative_ttl = soa.soa->negative_ttl;
        }
        views.push_back(std::move(view));
    }
    return views;
}

// Where servers send whoever asks for the record; empty: nowhere.
std::string alias_in(const std::vector<ServerView>& views) {
    const auto found = std::find_if(views.begin(), views.end(), [](const ServerView& view) {
        return view.kind == ServerView::Kind::alias;
    });
    return found == views.end() ? std::string() : found->reply.alias;
}

} // namespace

dns::Answer answer_of(const DirectReply& reply) {
    dns::Answer answer;
    answer.aliased = !reply.alias.empty();
    answer.ttl = reply.ttl;
    answer.texts = reply.texts;
    answer.status = !reply.texts.empty()                          ? dns::Status::found
                    : reply.is_answer(ResponseCode::no_such_name) ? dns::Status::no_name
                                                                  : dns::Status::no_data;
    return answer;
}

const char* print(ServerView::Kind kind) {
    switch (kind) {
    case ServerView::Kind::shown:
        return "shown";
    case ServerView::Kind::none:
        return "none";
    case ServerView::Kind::alias:
        return "alias";
    case ServerView::Kind::lame:
        return "lame";
    case ServerView::Kind::silent:
        return "silent";
    case ServerView::Kind::unreachable:
        return "unreachable";
    case ServerView::Kind::no_way:
        return "no way";
    }
    return "?";
}

const ServerView* LiveRecord::answering() const {
    const auto found = std::find_if(servers.begin(), servers.end(), [this](const ServerView& view) {
        return view.zone == zone &&
               (view.kind == ServerView::Kind::shown || view.kind == ServerView::Kind::none);
    });
    return found == servers.end() ? nullptr : &*found;
}

LiveRecord look_at_servers(const std::string& name, const Recursion& recursion, const AskAll& ask_all) {
    LiveRecord live;
    live.name = name;
    for (;;) { // at most max_aliases times
        const auto zone = find_zone(live.name, recursion);
        if (!zone) {
            live.problem = zone.error();
            return live;
        }
        live.zone = zone->apex;
        live.no_address.insert(live.no_address.end(), zone->no_address.begin(), zone->no_address.end());
        if (zone->servers.empty()) {
            live.problem = "no name server of the zone " + zone->apex + " has an address";
            return live;
        }
        auto views = ask_servers(live.name, *zone, ask_all);
        const auto alias = alias_in(views);
        for (ServerView& view : views) {
            live.servers.push_back(std::move(view));
        }
        if (alias.empty()) {
            return live;
        }
        if (live.aliases.size() == max_aliases) {
            live.problem = "the name leads through more aliases than resolvers follow";
            return live;
        }
        live.aliases.push_back(alias);
        live.name = alias;
    }
}

bool is_older(std::uint32_t a, std::uint32_t b) {
    constexpr std::uint32_t half = 0x80000000U;
    return a != b && b - a < half;
}

} // namespace milter::tool
