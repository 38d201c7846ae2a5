#include "milter/tool/named_key.h"

#include "dkim/names.h"
#include "keys/file_safety.h"
#include "keys/key_file.h"
#include "keys/key_material.h"

#include <fmt/format.h>

#include <filesystem>

namespace milter::tool {

NamedKey named_key(const std::string& domain, const std::string& selector, const std::string& file) {
    NamedKey key;
    key.domain = domain;
    key.selector = selector;
    key.file = file;
    return key;
}

NamedKey named_in_yaml(const config::DomainEntry& entry, const config::SigningKeyEntry& key,
                       const std::string& domain) {
    return {domain,       key.selector,     key.file, {}, config::origin_of(domain, entry, key),
            key.identity, entry.subdomains, key.state};
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
    return named_key(domain->text(), selector->text(), file);
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
