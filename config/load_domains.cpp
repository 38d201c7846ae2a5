#include "config/load_domains.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/secret_text.h"
#include "config/suggest.h"
#include "dkim/names.h"

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
                       [](const SigningKeyEntry& key) { return key.active; });
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
    const bool readable = name.kind == TreeNode::Kind::scalar && !base::is_surely_key(name.text);
    const auto domain = readable ? base::DomainName::parse_international(name.text) : std::nullopt;
    if (!domain) {
        const bool wildcard = name.text.starts_with("*.");
        report_.error(place_of(file, name), fmt::format("{} is not a domain name", base::quoted(name.text)),
                      wildcard
                          ? fmt::format("write {} with 'subdomains: true'", base::quoted(name.text.substr(2)))
                          : missing_blank(name));
        return std::nullopt;
    }
    const Place place = place_of(file, name);
    if (!check_domain(*domain, name.text, place)) {
        return std::nullopt;
    }
    const auto [known, is_new] = places_.try_emplace(domain->text(), place);
    if (!is_new) {
        report_.error(place, fmt::format("domain '{}' is given twice", domain->text()),
                      fmt::format("first at {}", print(known->second)));
        return std::nullopt;
    }
    return domain->text();
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
    const std::string prefix = fmt::format("domains.{}.", *domain);
    DomainEntry& entry = domains_[*domain];
    entry.named_in = file.name;
    for (std::size_t i = 0; keeps_places_ && i + 1 < pair.value->children.size(); i += 2) {
        const TreeNode& name = *pair.value->children[i];
        setting_places_.try_emplace(prefix + name.text, place_of(file, name));
    }
    bool has_keys = false;
    load_fields(domain_schema(), *pair.value, prefix, entry, file, report_, [&](const Pair& other) {
        if (other.name->text == keys_name) {
            has_keys = true;
            load_keys(other, prefix, *domain, entry, file);
            return;
        }
        auto known = names_of(domain_schema());
        known.push_back(keys_name);
        unknown_name(other, prefix, known, file, report_);
    });
    if (!has_keys) {
        report_.error(place_of(file, *pair.name), fmt::format("'{}{}' is missing", prefix, keys_name));
    }
}

void DomainLoader::load_keys(const Pair& pair, const std::string& prefix, const std::string& domain,
                             DomainEntry& entry, const File& file) {
    if (!expect_kind(TreeNode::Kind::sequence, pair, prefix, file, report_)) {
        return;
    }
    for (const TreeNode* item : pair.value->children) {
        load_key(*item, prefix, domain, entry, file);
    }
    if (!has_active_key(entry)) {
        report_.warning(
            place_of(file, *pair.name),
            fmt::format("'{}{}': no key is active, mail from '{}' is not signed", prefix, keys_name, domain));
    }
}

void DomainLoader::load_key(const TreeNode& item, const std::string& prefix, const std::string& domain,
                            DomainEntry& entry, const File& file) {
    const std::string key_prefix = fmt::format("{}{}.", prefix, keys_name);
    if (item.kind != TreeNode::Kind::mapping) {
        report_.error(place_of(file, item),
                      fmt::format("'{}{}': expected a mapping with selector and file, not {}", prefix,
                                  keys_name, print(item.kind)),
                      pasted_key_hint(item));
        return;
    }
    SigningKeyEntry key;
    key.line = item.line;
    load_fields(key_schema(), item, key_prefix, key, file, report_, [&](const Pair& other) {
        unknown_name(other, key_prefix, names_of(key_schema()), file, report_);
    });
    key.selector = base::to_lower(key.selector);
    if (!key.selector.empty() && has_selector(entry, key.selector)) {
        report_.error(place_of(file, item),
                      fmt::format("'{}selector': '{}' is given twice", key_prefix, key.selector));
    }
    // A selector that was refused is empty here and has been reported.
    const auto problem = key.selector.empty() ? std::string() : settle(key, domain);
    if (!problem.empty()) {
        report_.error(place_of(file, item), fmt::format("'{}{}': {}", prefix, keys_name, problem));
    }
    entry.keys.push_back(std::move(key));
}

} // namespace config
