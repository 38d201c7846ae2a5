#include "milter/tool/named_key.h"

#include "base/ascii.h"
#include "dkim/names.h"
#include "keys/file_safety.h"
#include "keys/key_file.h"
#include "keys/key_material.h"
#include "keys/key_table.h"
#include "keys/table_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace milter::tool {

namespace {

constexpr std::string_view below = "*."; // before a name: all names below it

// The domain that publishes the keys of an entry, as far as one alone does.
std::string signing_domain(const std::string& name, const config::DomainEntry& entry) {
    if (entry.signing && !entry.signing->signing_domain.empty() && entry.signing->signing_domain != "%") {
        return entry.signing->signing_domain;
    }
    return name.starts_with(below) ? name.substr(below.size()) : name;
}

NamedKey from_yaml(const std::string& name, const config::DomainEntry& entry,
                   const config::SigningKeyEntry& key) {
    return {signing_domain(name, entry),
            key.selector,
            key.file,
            {},
            fmt::format("{}:{}", entry.named_in, key.line),
            key.identity,
            entry.subdomains,
            key.is_active()};
}

void add_yaml_keys(const config::Settings& settings, const std::string& domain, bool for_subdomain,
                   std::vector<NamedKey>& keys) {
    const auto entry = settings.domains.find(domain);
    if (entry == settings.domains.end() || (for_subdomain && !entry->second.subdomains)) {
        return;
    }
    for (const auto& key : entry->second.keys) {
        keys.push_back(from_yaml(domain, entry->second, key));
    }
}

// As the daemon looks for them: the domain's own, else the nearest above it.
void add_nearest_yaml_keys(const config::Settings& settings, std::string domain,
                           std::vector<NamedKey>& keys) {
    add_yaml_keys(settings, domain, false, keys);
    for (auto dot = domain.find('.'); keys.empty() && dot != std::string::npos; dot = domain.find('.')) {
        domain.erase(0, dot + 1);
        add_yaml_keys(settings, std::string(below) + domain, false, keys);
        if (keys.empty()) {
            add_yaml_keys(settings, domain, true, keys);
        }
    }
}

// Where `%` stands for the domain in the name of the file, a domain without that file has no key.
bool is_for(const keys::KeyRow& row, const std::string& domain) {
    std::error_code error;
    if (row.broken) {
        return false;
    }
    if (!row.domain.empty()) {
        return row.domain == domain;
    }
    return !row.file_has_domain || std::filesystem::exists(row.file_for(domain), error);
}

Result<void> add_table_keys(const config::Settings& settings, const std::string& domain,
                            std::vector<NamedKey>& keys) {
    if (settings.signing.key_table.empty()) {
        return {};
    }
    const auto name = keys::parse_table_name(settings.signing.key_table);
    const auto text = name ? keys::read_table(name->path)
                           : base::Result<std::string, std::string>(base::refuse(name.error()));
    if (!text) {
        return fail(ExitCode::config, fmt::format("signing.key_table: {}", text.error()));
    }
    std::vector<keys::Problem> problems; // for check-config to report
    const auto table = keys::KeyTable::parse(keys::parse_table(*text, name->path, problems), name->kind,
                                             name->path, problems);
    for (const auto& row : table.rows()) {
        if (is_for(row, domain)) {
            keys.push_back({domain, std::string(row.selector),
                            std::filesystem::path(row.file_for(domain)).lexically_normal().string(),
                            std::string(row.inline_key), fmt::format("{}:{}", name->path, row.line)});
        }
    }
    return {};
}

} // namespace

Result<std::vector<NamedKey>> keys_of_domain(const config::Settings& settings, const base::DomainName& domain,
                                             const std::string& selector) {
    std::vector<NamedKey> keys;
    add_nearest_yaml_keys(settings, domain.text(), keys);
    if (auto added = add_table_keys(settings, domain.text(), keys); !added) {
        return tl::make_unexpected(added.error());
    }
    std::erase_if(keys, [&](const NamedKey& key) {
        return !selector.empty() && !base::iequals(key.selector, selector);
    });
    return keys;
}

std::vector<NamedKey> keys_in_file(const config::Settings& settings, const std::string& file) {
    std::vector<NamedKey> found;
    for (const auto& [domain, entry] : settings.domains) {
        for (const auto& key : entry.keys) {
            std::error_code error;
            if (std::filesystem::equivalent(key.file, file, error)) {
                found.push_back(from_yaml(domain, entry, key));
            }
        }
    }
    return found;
}

std::optional<NamedKey> named_by_file(const std::string& file) {
    const auto name = std::filesystem::path(file).filename().string();
    constexpr std::string_view suffix = ".pem";
    const auto dot = name.find('.');
    if (!name.ends_with(suffix) || dot + suffix.size() >= name.size()) {
        return std::nullopt;
    }
    const auto selector = dkim::read_selector_name(name.substr(0, dot));
    const auto domain = dkim::read_domain_name(name.substr(dot + 1, name.size() - suffix.size() - dot - 1));
    if (!selector || !domain) {
        return std::nullopt;
    }
    return NamedKey{domain->text(), selector->text(), file, {}, {}, {}};
}

std::string place_of(const NamedKey& key) {
    return key.file.empty() ? key.named_in : key.file;
}

Result<crypto::SigningKey> read_key(const NamedKey& key) {
    auto read = key.file.empty() ? keys::parse_key(key.inline_key)
                                 : keys::read_key_file(key.file, keys::Reader::self(), false);
    if (!read) {
        return fail(ExitCode::config,
                    key.file.empty() ? fmt::format("{}: {}", key.named_in, read.error()) : read.error());
    }
    return std::move(*read);
}

} // namespace milter::tool
