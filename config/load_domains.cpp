#include "config/load_domains.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "config/domain_signing.h"
#include "config/suggest.h"
#include "dkim/names.h"

#include <memory>

namespace config {

namespace {

void unknown_name(const Pair& pair, const std::string& prefix, const std::vector<std::string_view>& known,
                  const File& file, Report& report) {
    report.error(
        place_of(file, *pair.name),
        fmt::format("unknown setting {}", base::quoted(prefix + pair.name->text, prefix.size() + 80)),
        unknown_name_hint(pair, known));
}

// What is wrong between the fields of one key; empty: nothing. Its identity becomes what a signature bears.
std::string settle(SigningKeyEntry& key, const std::string& domain) {
    if (domain.empty()) {
        return key.identity.empty() ? "" : "identity needs a signing_domain: here that of the author signs";
    }
    if (!dkim::signer_refusal(domain, key.selector, {}).empty()) {
        return fmt::format("selector '{}' makes the name of the key record too long", key.selector);
    }
    if (key.identity.empty()) {
        return {};
    }
    // RFC 6376 3.5: the domain of i= is that of d= or below it.
    auto identity = dkim::read_identity(key.identity, domain);
    if (!identity) {
        return fmt::format("identity {} is not at '{}' or below it", base::quoted(key.identity), domain);
    }
    key.identity = std::move(*identity);
    return {};
}

bool has_selector(const DomainEntry& entry, const std::string& selector) {
    return std::any_of(entry.keys.begin(), entry.keys.end(),
                       [&](const SigningKeyEntry& key) { return key.selector == selector; });
}

bool has_active_key(const DomainEntry& entry) {
    return std::any_of(entry.keys.begin(), entry.keys.end(),
                       [](const SigningKeyEntry& key) { return key.is_active(); });
}

constexpr std::string_view below = "*."; // before a name: all names below it

bool has(const TreeNode& mapping, std::string_view name) {
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
        if (mapping.children[i]->text == name) {
            return true;
        }
    }
    return false;
}

// All that may stand below a domain.
std::vector<std::string_view> names_of_domain() {
    auto known = names_of(domain_schema());
    for (const auto name : names_of(domain_signing_schema())) {
        known.push_back(name);
    }
    known.insert(known.end(), {keys_name, used_by_name, rotation_name});
    return known;
}

} // namespace

void DomainLoader::load(const Pair& pair, const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, "", file, report_)) {
        return;
    }
    const auto& children = pair.value->children;
    for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
        load_domain({children[i], children[i + 1]}, file);
    }
}

std::optional<std::string> DomainLoader::new_domain(const TreeNode& name, const File& file) {
    if (name.text == keys_name || name.text == domain_schema().front().name()) {
        report_.error(place_of(file, name), fmt::format("'{}' is not a domain name", name.text),
                      "indent it, so that it stands below its domain");
        return std::nullopt;
    }
    const bool wildcard = name.text.starts_with(below);
    const bool readable = name.kind == TreeNode::Kind::scalar && !base::is_surely_key(name.text);
    const auto domain = readable ? base::DomainName::parse_international(
                                       std::string_view(name.text).substr(wildcard ? below.size() : 0))
                                 : std::nullopt;
    if (!domain) {
        report_.error(place_of(file, name), fmt::format("{} is not a domain name", base::quoted(name.text)),
                      name.text == "*" || name.text == "*.*"
                          ? fmt::format("keys for the domains of a list stand below '{}:'", default_name)
                          : missing_blank(name));
        return std::nullopt;
    }
    const Place place = place_of(file, name);
    if (!check_domain(*domain, name.text, place)) {
        return std::nullopt;
    }
    auto key = wildcard ? std::string(below) + domain->text() : domain->text();
    const auto [known, is_new] = places_.try_emplace(key, place);
    if (!is_new) {
        report_.error(place, fmt::format("domain '{}' is given twice", key),
                      fmt::format("first at {}", print(known->second)));
        return std::nullopt;
    }
    return key;
}

bool DomainLoader::check_domain(const base::DomainName& domain, const std::string& written,
                                const Place& place) {
    constexpr std::string_view any_selector = "s";
    if (const auto refusal = dkim::signer_refusal(domain.text(), any_selector, {}); !refusal.empty()) {
        report_.local_error(place,
                            fmt::format("no mail can be signed for {}: {}", base::quoted(written), refusal),
                            "its keys are left out");
        return false;
    }
    if (const auto doubt = dkim::domain_doubt(domain.text()); !doubt.empty()) {
        report_.warning(place, fmt::format("domain {} {}", base::quoted(written), doubt));
    }
    return true;
}

void DomainLoader::load_domain(const Pair& pair, const File& file) {
    const auto domain = new_domain(*pair.name, file);
    if (!domain || !expect_kind(TreeNode::Kind::mapping, pair, "domains.", file, report_)) {
        return;
    }
    const bool wildcard = domain->starts_with(below);
    DomainEntry& entry = domains_[*domain];
    load_entry(
        pair,
        {*domain, fmt::format("domains.{}.", *domain), wildcard ? domain->substr(below.size()) : *domain},
        entry, file, [&](const Pair& other) {
            const bool is_rotation = other.name->text == rotation_name;
            if (is_rotation) {
                rotation_.note(*domain, other, fmt::format("domains.{}.", *domain), file);
            }
            return is_rotation;
        });
    if (wildcard && has(*pair.value, "subdomains")) {
        report_.warning(
            place_of(file, *pair.name),
            fmt::format("'domains.{}.subdomains' says nothing: all names below are meant", *domain));
    }
}

void DomainLoader::load_default(const Pair& pair, const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, "", file, report_) ||
        pair.value->kind != TreeNode::Kind::mapping) {
        return;
    }
    DefaultEntry& entry = default_keys_;
    entry.given = true;
    entry.line = pair.name->line;
    const std::string prefix = fmt::format("{}.", default_name);
    load_entry(pair, {std::string(default_name), prefix, ""}, entry.entry, file, [&](const Pair& other) {
        const auto& schema = default_schema();
        const auto setting = std::find_if(schema.begin(), schema.end(), [&](const auto& known) {
            return known.name() == other.name->text;
        });
        if (setting == schema.end()) {
            return false;
        }
        if (const auto value = read_value(setting->type, other, prefix, file, report_)) {
            setting->write(entry, *value);
        }
        return true;
    });
    for (std::string& name : entry.domains) {
        const bool wildcard = name.starts_with(below);
        const auto domain = base::DomainName::parse_international(name.substr(wildcard ? below.size() : 0));
        name =
            (wildcard ? std::string(below) : "") + (domain ? domain->text() : ""); // what is none was refused
    }
    if (!has(*pair.value, "domains") && !has(*pair.value, "domain_table")) {
        report_.error(place_of(file, *pair.name), "'default' needs 'domains' or 'domain_table'",
                      "nothing is signed for a domain that neither of them names");
    }
    if (has(*pair.value, "subdomains")) {
        report_.error(place_of(file, *pair.name), "'default.subdomains': the list says which names it is for",
                      "write '*.example.org' in it");
    }
    if (has(*pair.value, "rotate")) {
        report_.error(place_of(file, *pair.name), "'default.rotate': only keys of one domain are rotated");
    }
}

// A name that is in both is found as what says less.
void DomainLoader::finish() {
    for (auto wildcard = domains_.begin(); wildcard != domains_.end() && wildcard->first.starts_with(below);
         ++wildcard) {
        const auto name = wildcard->first.substr(below.size());
        const auto whole = domains_.find(name);
        if (whole != domains_.end() && whole->second.subdomains) {
            report_.warning(places_.at(wildcard->first),
                            fmt::format("'{}' stands beside '{}' with 'subdomains: true': it signs for the "
                                        "names below",
                                        wildcard->first, name));
        }
    }
}

void DomainLoader::load_entry(const Pair& pair, Owner owner, DomainEntry& entry, const File& file,
                              const std::function<bool(const Pair&)>& other) {
    entry.named_in = file.name;
    for (std::size_t i = 0; i + 1 < pair.value->children.size(); i += 2) {
        const TreeNode& name = *pair.value->children[i];
        if (keeps_places_ || is_field_list(name.text)) { // which check_domain_signing reads
            setting_places_.try_emplace(owner.prefix + name.text, place_of(file, name));
        }
    }
    std::optional<Pair> keys;
    std::shared_ptr<DomainSigning> own;
    load_fields(domain_schema(), *pair.value, owner.prefix, entry, file, report_, [&](const Pair& one) {
        if (one.name->text == keys_name) {
            keys = one;
            return;
        }
        auto more = own ? own : std::make_shared<DomainSigning>();
        if (load_own(one, owner.prefix, *more, file)) {
            own = std::move(more);
        } else if (!other(one)) {
            unknown_name(one, owner.prefix, names_of_domain(), file, report_);
        }
    });
    if (own) {
        settle_domain(*own, owner, place_of(file, *pair.name));
    }
    entry.signing = own;
    if (keys) {
        load_keys(*keys, owner, entry, file);
    } else if (!entry.rotate) {
        report_.error(place_of(file, *pair.name), fmt::format("'{}{}' is missing", owner.prefix, keys_name));
    }
}

bool DomainLoader::load_own(const Pair& pair, const std::string& prefix, DomainSigning& own,
                            const File& file) {
    if (pair.name->text == used_by_name) {
        load_used_by(pair, prefix, own, file);
        return true;
    }
    const auto& schema = domain_signing_schema();
    const auto setting = std::find_if(schema.begin(), schema.end(),
                                      [&](const auto& known) { return known.name() == pair.name->text; });
    if (setting == schema.end()) {
        return false;
    }
    if (const auto value = read_value(setting->type, pair, prefix, file, report_)) {
        setting->write(own, *value);
        own.given.push_back(setting->name());
    }
    return true;
}

void DomainLoader::load_used_by(const Pair& pair, const std::string& prefix, DomainSigning& own,
                                const File& file) {
    if (!expect_kind(TreeNode::Kind::mapping, pair, prefix, file, report_)) {
        return;
    }
    const std::string inner = fmt::format("{}{}.", prefix, used_by_name);
    const auto errors = report_.errors();
    load_fields(used_by_schema(), *pair.value, inner, own, file, report_, [&](const Pair& other) {
        unknown_name(other, inner, names_of(used_by_schema()), file, report_);
    });
    if (own.used_by.logins.empty() && own.used_by.clients.empty() && errors == report_.errors()) {
        report_.error(place_of(file, *pair.name),
                      fmt::format("'{}{}' names nobody who may use the keys", prefix, used_by_name),
                      "leave it out to let everybody use them whose mail is signed");
    }
}

void DomainLoader::settle_domain(DomainSigning& own, Owner& owner, const Place& place) {
    if (own.signing_domain == "%") {
        owner.domain.clear();
    } else if (const auto named = base::DomainName::parse_international(own.signing_domain)) {
        own.signing_domain = named->text();
        owner.domain = named->text();
        if (!check_domain(*named, named->text(), place)) {
            report_.error(place, fmt::format("'{}signing_domain' cannot be used", owner.prefix));
        }
    }
}

void DomainLoader::load_keys(const Pair& pair, const Owner& owner, DomainEntry& entry, const File& file) {
    if (!expect_kind(TreeNode::Kind::sequence, pair, owner.prefix, file, report_)) {
        return;
    }
    for (const TreeNode* item : pair.value->children) {
        load_key(*item, owner, entry, file);
    }
    if (!has_active_key(entry) && !entry.rotate) {
        report_.warning(place_of(file, *pair.name),
                        fmt::format("'{}{}': no key is active, mail from '{}' is not signed", owner.prefix,
                                    keys_name, owner.name));
    }
}

void DomainLoader::load_key(const TreeNode& item, const Owner& owner, DomainEntry& entry, const File& file) {
    const std::string key_prefix = fmt::format("{}{}.", owner.prefix, keys_name);
    if (item.kind != TreeNode::Kind::mapping) {
        report_.error(place_of(file, item),
                      fmt::format("'{}{}': expected a mapping with selector and file, not {}", owner.prefix,
                                  keys_name, print(item.kind)),
                      pasted_key_hint(item));
        return;
    }
    SigningKeyEntry key;
    key.line = item.line;
    load_fields(key_schema(), item, key_prefix, key, file, report_, [&](const Pair& other) {
        unknown_name(other, key_prefix, names_of(key_schema()), file, report_);
    });
    if (has(item, "state") && has(item, "active")) {
        report_.error(place_of(file, item),
                      fmt::format("'{}active' says what '{}state' says", key_prefix, key_prefix),
                      "keep state");
    }
    key.selector = base::to_lower(key.selector);
    if (!key.selector.empty() && has_selector(entry, key.selector)) {
        report_.error(place_of(file, item),
                      fmt::format("'{}selector': '{}' is given twice", key_prefix, key.selector));
    }
    if (key.identity.empty() && entry.signing) {
        key.identity = entry.signing->identity;
    }
    // A selector that was refused is empty here and has been reported.
    const auto problem = key.selector.empty() ? std::string() : settle(key, owner.domain);
    if (!problem.empty()) {
        report_.error(place_of(file, item), fmt::format("'{}{}': {}", owner.prefix, keys_name, problem));
    }
    entry.keys.push_back(std::move(key));
}

} // namespace config
