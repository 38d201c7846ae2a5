// Private keys with the names under which their records are published.
#pragma once

#include "base/domain_name.h"
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
    bool active = true;        // false: the daemon does not sign with it
};

// What the configuration signs with for this domain: its own keys in the yaml file, or those of the nearest
// domain above it that also signs for subdomains, and the rows of the KeyTable. `selector` may be empty: all.
[[nodiscard]] Result<std::vector<NamedKey>>
keys_of_domain(const config::Settings& settings, const base::DomainName& domain, const std::string& selector);

// The yaml keys that are in this file.
[[nodiscard]] std::vector<NamedKey> keys_in_file(const config::Settings& settings, const std::string& file);

// A file is called SELECTOR.DOMAIN.pem by `key generate`.
[[nodiscard]] std::optional<NamedKey> named_by_file(const std::string& file);

// Where the private key is, for messages.
[[nodiscard]] std::string place_of(const NamedKey& key);

[[nodiscard]] Result<crypto::SigningKey> read_key(const NamedKey& key);

} // namespace milter::tool
