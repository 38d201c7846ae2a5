#include "milter/tool/key_inspector.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "keys/published_record.h"
#include "milter/tool/counted.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace milter::tool {

namespace {

using Kind = KeyFinding::Kind;
using resolver::DirectReply;
using resolver::ResponseCode;

constexpr std::uint16_t type_txt = static_cast<std::uint16_t>(dns::Type::txt);

std::string label(const ServerView& view) {
    return fmt::format("{} ({})", view.who.host, view.who.server.address.print());
}

// The same finding of several servers is one line that names them.
void add(KeyReport& report, const KeyFinding& finding, const std::string& server) {
    const auto same =
        std::find_if(report.lines.begin(), report.lines.end(), [&](const KeyReport::Line& line) {
            return line.finding.kind == finding.kind && line.finding.text == finding.text;
        });
    if (same == report.lines.end()) {
        report.lines.push_back({finding, {server}});
    } else {
        same->servers.push_back(server);
    }
}

void add(KeyReport& report, Kind kind, std::string text) {
    report.lines.push_back({{kind, std::move(text)}});
}

bool has_wrong(const std::vector<KeyFinding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const KeyFinding& finding) { return finding.kind == Kind::wrong; });
}

// Where one server has what another has not: which of them is behind.
std::string standing(const ServerView& view, const LiveRecord& live, bool others_are_good) {
    std::optional<std::uint32_t> newest;
    for (const ServerView& other : live.servers) {
        if (other.serial && other.zone == view.zone && (!newest || is_older(*newest, *other.serial))) {
            newest = other.serial;
        }
    }
    if (!view.serial || !newest) {
        return {};
    }
    if (is_older(*view.serial, *newest)) {
        return fmt::format("; its copy of the zone is old: serial {}, another server has {}", *view.serial,
                           *newest);
    }
    return others_are_good ? fmt::format("; its serial, {}, is that of the other servers, and yet it holds "
                                         "something else: load the zone again there",
                                         *view.serial)
                           : std::string();
}

std::string no_answer(const ServerView& view) {
    switch (view.kind) {
    case ServerView::Kind::lame:
        return fmt::format("it is named as a server of the zone {} and does not answer for it ({}, not "
                           "authoritative): verifiers that ask it first wait or fail",
                           view.zone, print(view.reply));
    case ServerView::Kind::no_way:
        return "not asked: this host has no route to such addresses";
    case ServerView::Kind::silent:
    case ServerView::Kind::unreachable:
    case ServerView::Kind::shown:
    case ServerView::Kind::none:
    case ServerView::Kind::alias:
        break;
    }
    return fmt::format("it gave no answer: {}", print(view.reply));
}

bool disagree_about_alias(const LiveRecord& live) {
    std::set<std::string> targets;
    for (const ServerView& view : live.servers) {
        if (view.kind == ServerView::Kind::alias) {
            targets.insert(view.zone + ' ' + view.reply.alias);
        }
    }
    return targets.size() > live.aliases.size();
}

// Where all servers say so, they need not be named.
void drop_names(KeyReport& report) {
    const auto answering = static_cast<std::size_t>(
        std::count_if(report.live->servers.begin(), report.live->servers.end(), [](const ServerView& view) {
            return view.kind == ServerView::Kind::shown || view.kind == ServerView::Kind::none;
        }));
    for (auto& line : report.lines) {
        if (line.servers.size() == answering && line.finding.kind != Kind::open) {
            line.servers.clear();
        }
    }
}

} // namespace

struct KeyInspector::Work {
    const NamedKey& name;
    const crypto::SigningKey& key;
    std::string whole; // p=
    KeyReport& report;
};

KeyInspector::KeyInspector(Recursion recursion, const AskAll& ask_all, const std::vector<NamedKey>& all)
    : recursion_(std::move(recursion)), ask_all_(ask_all), search_(ask_all, all) {}

KeyReport KeyInspector::inspect(const NamedKey& name) const {
    KeyReport report;
    report.name = name;
    const auto key = read_key(name);
    if (!key) {
        add(report, Kind::wrong, "the private key cannot be used: " + key.error().message);
        return report;
    }
    report.type = print(key->type());
    report.bits = key->bits();
    const auto record = keys::record_name(name.selector, name.domain);
    const auto question = dns::make_question(record, dns::Type::txt);
    if (!question) {
        add(report, Kind::wrong, "the name is too long for the DNS");
        return report;
    }
    Work work{name, *key, base::base64_encode(key->public_record_bytes()), report};
    report.live = look_at_servers(question->name, recursion_, ask_all_);
    compare_servers(work);
    if (report.result() == KeyReport::Result::wrong) {
        for (std::string& text : search_.explain(name, work.whole, *report.live)) {
            add(report, Kind::note, std::move(text));
        }
    } else {
        compare_resolver(work);
    }
    return report;
}

void KeyInspector::compare_servers(Work& work) const {
    const LiveRecord& live = *work.report.live;
    std::vector<std::pair<const ServerView*, std::vector<KeyFinding>>> compared;
    const auto alias = live.aliases.empty() ? std::string() : live.aliases.back();
    for (const ServerView& view : live.servers) {
        if (view.kind == ServerView::Kind::shown || view.kind == ServerView::Kind::none) {
            auto answer = answer_of(view.reply);
            answer.aliased = answer.aliased || !alias.empty();
            compared.emplace_back(
                &view, compare_key(work.name, work.key, answer, alias.empty() ? view.reply.alias : alias));
        }
    }
    const bool some_good =
        std::any_of(compared.begin(), compared.end(), [](const auto& one) { return !has_wrong(one.second); });
    for (const auto& [view, findings] : compared) {
        const auto where = has_wrong(findings) ? standing(*view, live, some_good) : std::string();
        for (const KeyFinding& finding : findings) {
            const bool is_first_wrong = finding.kind == Kind::wrong;
            add(work.report, {finding.kind, finding.text + (is_first_wrong ? where : "")}, label(*view));
        }
    }
    drop_names(work.report);
    if (compared.empty() && live.problem.empty()) {
        add(work.report, Kind::open,
            fmt::format("no server of the zone {} gave an answer; if a firewall lets only the resolver out, "
                        "use --resolver-only",
                        live.zone));
    }
    for (const ServerView& view : live.servers) {
        if (view.kind == ServerView::Kind::lame || view.kind == ServerView::Kind::silent ||
            view.kind == ServerView::Kind::unreachable || view.kind == ServerView::Kind::no_way) {
            const auto kind = view.kind == ServerView::Kind::no_way ? Kind::note : Kind::open;
            add(work.report, {kind, no_answer(view)}, label(view));
        }
    }
    for (const std::string& host : live.no_address) {
        add(work.report, Kind::note, fmt::format("the name server {} has no address", host));
    }
    if (disagree_about_alias(live)) {
        add(work.report, Kind::wrong, "the servers disagree about where the alias (CNAME) leads");
    }
}

// What a verifier sees that asked before: caches outlive a change.
void KeyInspector::compare_resolver(Work& work) const {
    const auto record = keys::record_name(work.name.selector, work.name.domain);
    const auto reply = recursion_.resolve(base::to_lower(record), type_txt);
    const bool has_answer =
        reply.is_answer(ResponseCode::no_error) || reply.is_answer(ResponseCode::no_such_name);
    if (!work.report.live->problem.empty()) {
        add(work.report, Kind::open, "the servers of the zone were not asked: " + work.report.live->problem);
    }
    if (!has_answer) {
        add(work.report, Kind::open,
            fmt::format("the resolver gave no answer: {}{}", print(reply),
                        reply.is_answer(ResponseCode::server_failure) &&
                                work.report.live->answering() != nullptr
                            ? "; the zone's servers have one, so look at DNSSEC"
                            : ""));
        return;
    }
    const auto findings = compare_key(work.name, work.key, answer_of(reply), reply.alias);
    if (work.report.live->answering() == nullptr) {
        for (const KeyFinding& finding : findings) {
            add(work.report, finding.kind, "by the resolver: " + finding.text);
        }
        return;
    }
    if (has_wrong(findings) && reply.texts.empty()) {
        const auto left = reply.soa ? reply.soa->negative_ttl : 0;
        add(work.report, Kind::open,
            fmt::format(
                "the resolver still remembers that there was no record, for {} more (negative TTL): so "
                "may others; do not sign before",
                counted(left, "second")));
    } else if (has_wrong(findings)) {
        add(work.report, Kind::open,
            fmt::format("the resolver still has what was there before, for {} more (TTL): so may others",
                        counted(reply.ttl, "second")));
    }
}

} // namespace milter::tool
