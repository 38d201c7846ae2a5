// Private keys with the names under which their records are published.
#pragma once

#include "config/settings.h"
#include "crypto/signing_key.h"
#include "milter/tool/command.h"

#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

struct NamedKey {
    std::string domain;        // d=
    std::string selector;      // s=
    std::string file;          // of the private key; empty: it stands in the KeyTable
    std::string inline_key;    // as the KeyTable has it
    std::string named_in;      // "/etc/opendkim/KeyTable:12", for diagnostics
    std::string identity = {}; // i=; empty: left out
    bool subdomains = false;   // also signs mail of domains below
    config::KeyState state = config::KeyState::active;
};

[[nodiscard]] NamedKey named_key(const std::string& domain, const std::string& selector,
                                 const std::string& file);

// A key of `domains` or `default` that signs in the name of `domain`.
[[nodiscard]] NamedKey named_in_yaml(const config::DomainEntry& entry, const config::SigningKeyEntry& key,
                                     const std::string& domain);

// A file is called SELECTOR.DOMAIN.pem by `key generate`.
[[nodiscard]] std::optional<NamedKey> named_by_file(const std::string& file);

// Where the private key is, for messages.
[[nodiscard]] std::string place_of(const NamedKey& key);

[[nodiscard]] Result<crypto::SigningKey> read_key(const NamedKey& key);

} // namespace milter::tool
