#include "milter/tool/rotation/sightings.h"

#include "milter/tool/key_comparison.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::tool::rotation {

namespace {

using Said = keys::Sighting::Said;

bool publishes(const NamedKey& name, const crypto::SigningKey& key, const ServerView& view,
               const std::string& alias) {
    const auto findings =
        compare_key(name, key, answer_of(view.reply), alias.empty() ? view.reply.alias : alias);
    return std::none_of(findings.begin(), findings.end(),
                        [](const KeyFinding& finding) { return finding.kind != KeyFinding::Kind::note; });
}

bool answered_elsewhere(const ServerView& view, const LiveRecord& live) {
    return std::any_of(live.servers.begin(), live.servers.end(), [&](const ServerView& other) {
        return other.who.host == view.who.host && other.zone == view.zone &&
               other.kind != ServerView::Kind::no_way;
    });
}

keys::Sighting sighting(const NamedKey& name, const crypto::SigningKey* key, const ServerView& view,
                        const std::string& alias) {
    keys::Sighting one{view.who.host, Said::failed, std::chrono::seconds(view.reply.ttl), {}, false};
    const bool has_answer = view.kind == ServerView::Kind::shown || view.kind == ServerView::Kind::none;
    if (!has_answer || !view.negative_ttl) {
        return one;
    }
    one.negative_ttl = std::chrono::seconds(*view.negative_ttl);
    one.empty = view.kind == ServerView::Kind::none;
    one.said =
        key != nullptr && !one.empty && publishes(name, *key, view, alias) ? Said::shown : Said::not_shown;
    if (one.said == Said::not_shown) { // another record is remembered for its TTL
        one.negative_ttl = std::max(one.negative_ttl, one.ttl);
    }
    return one;
}

} // namespace

std::vector<keys::Sighting> sightings_of(const NamedKey& name, const crypto::SigningKey* key,
                                         const LiveRecord& live) {
    std::vector<keys::Sighting> all;
    if (!live.problem.empty()) {
        return all;
    }
    const auto alias = live.aliases.empty() ? std::string() : live.aliases.back();
    for (const ServerView& view : live.servers) {
        const bool points_on =
            view.kind == ServerView::Kind::alias &&
            std::find(live.aliases.begin(), live.aliases.end(), view.reply.alias) != live.aliases.end();
        const bool passed_over = view.kind == ServerView::Kind::no_way && answered_elsewhere(view, live);
        if (!points_on && !passed_over) {
            all.push_back(sighting(name, key, view, alias));
        }
    }
    for (const std::string& host : live.no_address) {
        all.push_back({host, Said::failed, {}, {}, false});
    }
    return all;
}

base::Result<bool, std::string> has_record(const LiveRecord& live) {
    if (!live.problem.empty()) {
        return base::refuse(live.problem);
    }
    bool answered = false;
    for (const ServerView& view : live.servers) {
        if (view.kind == ServerView::Kind::shown || view.kind == ServerView::Kind::alias) {
            return true;
        }
        answered = answered || view.kind == ServerView::Kind::none;
    }
    if (!answered) {
        return base::refuse(fmt::format("no server of the zone {} gave an answer", live.zone));
    }
    return false;
}

} // namespace milter::tool::rotation
