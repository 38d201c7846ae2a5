// The keys of the settings, as the key store takes them.

#include "config/domain_signing.h"
#include "milter/runtime/runtime.h"
#include "milter/runtime/source_options.h"

#include <algorithm>
#include <utility>

namespace milter::runtime {

namespace {

using Manner = keys::KeyOptions::Manner;
using DomainKey = keys::KeyOptions::DomainKey;

constexpr std::string_view below = "*."; // before a name: all names below it

// Signatures that look alike share one shape, however many domains have them.
class Shapes {
  public:
    explicit Shapes(const config::Settings& settings) : settings_(settings) {}

    std::shared_ptr<const keys::Shape> of(const config::DomainSigning& own) {
        if (!changes_signing(own)) {
            return nullptr;
        }
        auto options = sign_options(config::signing_of(settings_.signing, own));
        const auto known = std::find_if(shapes_.begin(), shapes_.end(),
                                        [&](const auto& shape) { return same(*shape, options); });
        if (known != shapes_.end()) {
            return *known;
        }
        if (shapes_.size() == most_compared) {
            shapes_.clear();
        }
        return shapes_.emplace_back(std::make_shared<const keys::Shape>(std::move(options)));
    }

  private:
    static constexpr std::size_t most_compared = 16; // who has more kinds of domains has them side by side

    static bool same(const keys::Shape& a, const keys::Shape& b) {
        return a.header_canonicalization == b.header_canonicalization &&
               a.body_canonicalization == b.body_canonicalization && a.signed_fields == b.signed_fields &&
               a.oversigned_if_present == b.oversigned_if_present &&
               a.oversigned_fields == b.oversigned_fields && a.lifetime == b.lifetime;
    }

    const config::Settings& settings_;
    std::vector<std::shared_ptr<const keys::Shape>> shapes_;
};

std::shared_ptr<const keys::Users> users_of(const config::DomainSigning::Users& users) {
    if (users.logins.empty() && users.clients.empty()) {
        return nullptr;
    }
    return std::make_shared<const keys::Users>(keys::Users{users.logins, users.clients});
}

// Null where the entry is like most.
std::shared_ptr<const Manner> manner_of(const config::DomainEntry& entry, bool itself, Shapes& shapes) {
    if (itself && !entry.signing) {
        return nullptr;
    }
    auto manner = std::make_shared<Manner>();
    manner->itself = itself;
    if (entry.signing) {
        manner->signing_domain = entry.signing->signing_domain;
        manner->shape = shapes.of(*entry.signing);
        manner->users = users_of(entry.signing->used_by);
    }
    return manner;
}

void add_keys(const std::string& name, const config::DomainEntry& entry, Shapes& shapes,
              std::vector<DomainKey>& keys) {
    const bool itself = !name.starts_with(below);
    const std::string domain = itself ? name : name.substr(below.size());
    const auto manner = manner_of(entry, itself, shapes);
    bool silent = true;
    for (const auto& key : entry.keys) {
        if (key.is_active()) {
            silent = false;
            const bool rotated = key.line == 0 && entry.rotation != nullptr;
            keys.push_back(
                {domain, entry.subdomains, key.selector, key.file, key.identity,
                 rotated ? config::rotation_file(entry.rotation->directory, domain) : entry.named_in,
                 key.line, manner});
        }
    }
    if (silent) {
        keys.push_back({domain, entry.subdomains, {}, {}, {}, entry.named_in, 0, manner});
    }
}

} // namespace

keys::KeyOptions key_options(const config::Settings& settings) {
    keys::KeyOptions options;
    options.key_source = source_options(settings, settings.signing.key_table, Table::keys);
    options.signing_source = source_options(settings, settings.signing.signing_table, Table::signing);
    options.key_table = options.key_source ? "" : settings.signing.key_table;
    options.signing_table = options.signing_source ? "" : settings.signing.signing_table;
    options.tables_named_in = settings.signing.tables_in;
    options.all_matches = settings.signing.all_matches;
    options.require_safe_keys = settings.signing.require_safe_keys;
    Shapes shapes(settings);
    for (const auto& [domain, entry] : settings.domains) {
        add_keys(domain, entry, shapes, options.domain_keys);
    }
    if (settings.default_keys.given) {
        options.default_domains = settings.default_keys.domains;
        const auto& table = settings.default_keys.domain_table;
        options.default_source = source_options(settings, table, Table::domains);
        options.default_table = options.default_source ? "" : table;
        add_keys("", settings.default_keys.entry, shapes, options.default_keys);
    }
    return options;
}

} // namespace milter::runtime
