#include "milter/tool/record_search.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/secret_text.h"
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

constexpr std::uint16_t type_txt = static_cast<std::uint16_t>(dns::Type::txt);

// Selectors of habit: of OpenDKIM's and other programs' manuals, and of senders' services.
constexpr const char* usual_selectors[] = {"default", "mail", "dkim", "s1",        "s2",    "key1",
                                           "k1",      "smtp", "x",    "selector1", "google"};

constexpr std::size_t max_other_names = 64;
constexpr std::size_t max_files = 256;
constexpr std::size_t max_path = 1024;

bool has_key(const NamedKey& name, const std::string& published) {
    const auto key = read_key(name);
    return key && base::base64_encode(key->public_record_bytes()) == published;
}

// Beside the file of the key; empty: none there is the one that is published.
std::string file_of(const std::string& published, const NamedKey& name) {
    std::error_code error;
    const std::filesystem::path file = name.file;
    std::size_t looked_at = 0;
    for (std::filesystem::directory_iterator at(file.parent_path(), error), end;
         !error && at != end && looked_at++ < max_files; at.increment(error)) {
        NamedKey other = name;
        other.file = at->path().string();
        if (at->path() != file && at->is_regular_file(error) && at->path().extension() != ".txt" &&
            has_key(other, published)) {
            return other.file;
        }
    }
    return {};
}

} // namespace

RecordSearch::RecordSearch(AskAll ask_all, const std::vector<NamedKey>& all) : ask_all_(std::move(ask_all)) {
    for (const NamedKey& key : all) {
        by_domain_.emplace(key.domain, &key);
    }
}

std::vector<std::string> RecordSearch::explain(const NamedKey& name, const std::string& whole,
                                               const LiveRecord& live) const {
    std::vector<std::string> found;
    const ServerView* server = live.answering();
    if (server == nullptr) {
        return found;
    }
    if (server->kind == ServerView::Kind::none && server->reply.soa) {
        found.push_back(
            fmt::format("resolvers that ask now remember for {} that there is no record (negative "
                        "TTL of the zone {}), also when it has been published",
                        counted(server->reply.soa->negative_ttl, "second"), server->zone));
    }
    std::set<std::string> published;
    for (const ServerView& view : live.servers) {
        for (const std::string& text : view.reply.texts) {
            if (published.size() < max_other_names) {
                published.insert(raw_key(text));
            }
        }
    }
    published.erase(whole);
    published.erase("");
    for (const std::string& one : published) {
        if (auto owner = owner_of(one, name); !owner.empty()) {
            found.push_back(std::move(owner));
        }
    }
    look_elsewhere(name, whole, *server, found);
    return found;
}

// Of all keys that the domain has, and of the files beside this one.
std::string RecordSearch::owner_of(const std::string& published, const NamedKey& name) const {
    std::size_t looked_at = 0;
    const auto [first, last] = by_domain_.equal_range(name.domain);
    for (auto at = first; at != last && looked_at++ < max_other_names; ++at) {
        if (has_key(*at->second, published)) {
            return fmt::format("the record is that of the key {} (selector {})",
                               base::shown(place_of(*at->second), max_path), at->second->selector);
        }
    }
    const auto file = name.file.empty() ? std::string() : file_of(published, name);
    return file.empty()
               ? std::string()
               : fmt::format("the record is that of the key in {}: an old key?", base::shown(file, max_path));
}

// Under another selector, or at a name that a web form made: that with the domain twice comes first.
std::vector<std::string> RecordSearch::other_names(const NamedKey& name) const {
    const auto& selector = name.selector;
    const auto& domain = name.domain;
    std::set<std::string> selectors(std::begin(usual_selectors), std::end(usual_selectors));
    const auto [first, last] = by_domain_.equal_range(domain);
    for (auto at = first; at != last && selectors.size() < max_other_names; ++at) {
        selectors.insert(at->second->selector);
    }
    selectors.erase(selector);
    std::vector<std::string> names{keys::record_name(selector, domain) + '.' + domain,
                                   selector + '.' + domain,
                                   domain,
                                   "_domainkey." + domain,
                                   fmt::format("{}._domainkey._domainkey.{}", selector, domain),
                                   fmt::format("{}.domainkey.{}", selector, domain)};
    for (const std::string& other : selectors) {
        names.push_back(keys::record_name(other, domain));
    }
    return names;
}

void RecordSearch::look_elsewhere(const NamedKey& name, const std::string& whole, const ServerView& server,
                                  std::vector<std::string>& found) const {
    const auto record = keys::record_name(name.selector, name.domain);
    auto names = other_names(name);
    // A name that nobody has published: whoever answers for it answers for every name.
    const auto nobody = fmt::format("paraph-asks-{:04x}{:04x}._domainkey.{}", resolver::random_id(),
                                    resolver::random_id(), name.domain);
    names.push_back(nobody);
    std::erase_if(names, [](const std::string& one) { return !dns::can_be_asked(one); });
    std::vector<resolver::DirectQuestion> questions;
    for (const std::string& one : names) {
        questions.push_back({server.who.server, base::to_lower(one), type_txt});
    }
    const auto replies = ask_all_(questions);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& texts = replies[i].texts;
        if (names[i] == nobody) {
            if (!texts.empty() && texts == server.reply.texts) {
                found.push_back(
                    fmt::format("the answer comes from a wildcard (*) of the zone, which answers for "
                                "every selector: there is no record at {}",
                                record));
            }
        } else if (std::any_of(texts.begin(), texts.end(),
                               [&](const std::string& text) { return raw_key(text) == whole; })) {
            found.push_back(
                names[i].starts_with(record)
                    ? fmt::format("there is a record at {}: if your DNS provider adds the domain to "
                                  "every name, enter only {}._domainkey",
                                  names[i], name.selector)
                    : fmt::format("the record of this key is at {} instead", names[i]));
        }
    }
}

} // namespace milter::tool
