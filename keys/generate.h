// A new key: the file with the private part, and the record with the public one.
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "crypto/signature_algorithm.h"

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace keys {

struct NewKey {
    std::string file;
    std::string record_name;  // s2026._domainkey.example.com
    std::string record_value; // v=DKIM1; k=rsa; p=...
    std::string zone_line;    // both, for a zone file
};

struct GenerateOptions {
    base::DomainName domain;
    std::string selector;
    crypto::KeyType type = crypto::KeyType::rsa;
    std::size_t bits = 2048; // of an RSA key
    std::string file;        // must not exist; its directory must
    // For record_text(), for everybody to read. It must not exist. Empty: none is written.
    std::string record_file = {};
    std::optional<gid_t> group = {}; // may read the key besides its owner
};

// The error says what failed, with the path.
[[nodiscard]] base::Result<NewKey, std::string> generate(const GenerateOptions& options);

// Who may read a file besides its owner. What a group may read, only its members can.
struct FileAccess {
    std::optional<gid_t> group;
    bool everybody = false;
};

// Writes a file that only its owner can read, from the first byte on, and then opens it to whom `access`
// names. It must not exist, not even as a dangling link. On failure nothing is left behind.
[[nodiscard]] base::Result<void, std::string> write_new_file(const std::string& path, std::string_view bytes,
                                                             const FileAccess& access = {});

} // namespace keys
