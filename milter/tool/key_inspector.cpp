#include "milter/tool/key_inspector.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/secret_text.h"
#include "dkim/key_record.h"
#include "keys/published_record.h"
#include "milter/resolver/wire.h"
#include "milter/tool/counted.h"
#include "milter/tool/record_damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
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

// Selectors of habit: of OpenDKIM's and other programs' manuals, and of senders' services.
constexpr const char* usual_selectors[] = {"default", "mail", "dkim", "s1",        "s2",    "key1",
                                           "k1",      "smtp", "x",    "selector1", "google"};

constexpr std::size_t max_other_names = 64;

} // namespace

struct KeyInspector::Work {
    const NamedKey& name;
    const crypto::SigningKey& key;
    std::string whole; // p=
    KeyReport& report;
};

KeyInspector::KeyInspector(Recursion recursion, AskAll ask_all, const std::vector<NamedKey>& all)
    : recursion_(std::move(recursion)), ask_all_(std::move(ask_all)) {
    for (const NamedKey& key : all) {
        by_domain_.emplace(key.domain, &key);
    }
}

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
        explain(work);
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
        add(work.report, Kind::open, fmt::format("no server of the zone {} has shown the record", live.zone));
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
                        reply.is_answer(ResponseCode::server_failure) && work.report.live->problem.empty()
                            ? "; the zone's servers have one, so look at DNSSEC"
                            : ""));
        return;
    }
    const auto findings = compare_key(work.name, work.key, answer_of(reply), reply.alias);
    if (!work.report.live->problem.empty()) {
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

void KeyInspector::explain(Work& work) const {
    const ServerView* server = work.report.live->answering();
    if (server == nullptr) {
        return;
    }
    if (server->kind == ServerView::Kind::none && server->reply.soa) {
        add(work.report, Kind::note,
            fmt::format("resolvers that ask now remember for {} that there is no record (negative TTL of the "
                        "zone {}), also when it has been published",
                        counted(server->reply.soa->negative_ttl, "second"), server->zone));
    }
    std::set<std::string> published;
    for (const ServerView& view : work.report.live->servers) {
        for (const std::string& text : view.reply.texts) {
            published.insert(raw_key(text));
        }
    }
    published.erase(work.whole);
    published.erase("");
    for (const std::string& one : published) {
        find_owner(work, one);
    }
    look_elsewhere(work, *server);
}

// An old key, or that of another selector: of all keys that the domain has, and of the files beside this one.
void KeyInspector::find_owner(Work& work, const std::string& published) const {
    const auto says = [&](const NamedKey& other, const std::string& text) {
        const auto key = read_key(other);
        const bool is_owner = key && base::base64_encode(key->public_record_bytes()) == published;
        if (is_owner) {
            add(work.report, Kind::note, text);
        }
        return is_owner;
    };
    std::size_t looked_at = 0;
    const auto [first, last] = by_domain_.equal_range(work.name.domain);
    for (auto at = first; at != last && looked_at++ < max_other_names; ++at) {
        const NamedKey& other = *at->second;
        if (says(other, fmt::format("the record is that of the key {} (selector {})",
                                    base::shown(place_of(other), 1024), other.selector))) {
            return;
        }
    }
    std::error_code error;
    const std::filesystem::path file = work.name.file;
    if (file.empty()) {
        return;
    }
    for (std::filesystem::directory_iterator at(file.parent_path(), error), end;
         !error && at != end && looked_at++ < 4 * max_other_names; at.increment(error)) {
        NamedKey other = work.name;
        other.file = at->path().string();
        if (at->path() != file && at->is_regular_file(error) && !at->path().string().ends_with(".txt") &&
            says(other, fmt::format("the record is that of the key in {}: an old key?",
                                    base::shown(other.file, 1024)))) {
            return;
        }
    }
}

// Where else the record may be: under another selector, or at a name that a web form made.
void KeyInspector::look_elsewhere(Work& work, const ServerView& server) const {
    const auto& [selector, domain] = std::tie(work.name.selector, work.name.domain);
    std::set<std::string> selectors(std::begin(usual_selectors), std::end(usual_selectors));
    const auto [first, last] = by_domain_.equal_range(domain);
    for (auto at = first; at != last && selectors.size() < max_other_names; ++at) {
        selectors.insert(at->second->selector);
    }
    selectors.erase(selector);
    const auto record = keys::record_name(selector, domain);
    std::vector<std::string> names{record + '.' + domain,
                                   selector + '.' + domain,
                                   domain,
                                   "_domainkey." + domain,
                                   fmt::format("{}._domainkey._domainkey.{}", selector, domain),
                                   fmt::format("{}.domainkey.{}", selector, domain)};
    for (const std::string& other : selectors) {
        names.push_back(keys::record_name(other, domain));
    }
    // A name that nobody has published: whoever answers for it answers for every name.
    const auto nobody = fmt::format("paraph-asks-{:04x}{:04x}._domainkey.{}", resolver::random_id(),
                                    resolver::random_id(), domain);
    names.push_back(nobody);
    std::erase_if(names, [](const std::string& name) { return !dns::can_be_asked(name); });
    std::vector<resolver::DirectQuestion> questions;
    for (const std::string& name : names) {
        questions.push_back({server.who.server, base::to_lower(name), type_txt});
    }
    const auto replies = ask_all_(questions);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& texts = replies[i].texts;
        if (names[i] == nobody) {
            if (!texts.empty() && texts == server.reply.texts) {
                add(work.report, Kind::note,
                    fmt::format("the answer comes from a wildcard (*) of the zone, which answers for every "
                                "selector: there is no record at {}",
                                record));
            }
        } else if (std::any_of(texts.begin(), texts.end(),
                               [&](const std::string& text) { return raw_key(text) == work.whole; })) {
            add(work.report, Kind::note,
                i == 0 ? fmt::format("there is a record at {}: if your DNS provider adds the domain to every "
                                     "name, enter only {}._domainkey",
                                     names[i], selector)
                       : fmt::format("the record of this key is at {} instead", names[i]));
        }
    }
}

} // namespace milter::tool
