// A new key: the file with the private part, and the record with the public one.
#pragma once

#include "base/domain_name.h"
#include "base/result.h"
#include "crypto/signature_algorithm.h"

#include <cstddef>
#include <string>

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
};

// The error says what failed, with the path.
[[nodiscard]] base::Result<NewKey, std::string> generate(const GenerateOptions& options);

// Writes a file that only its owner can read, from the first byte on. It must not exist, not even as a
// dangling link. On failure nothing is left behind.
[[nodiscard]] base::Result<void, std::string> write_new_file(const std::string& path, std::string_view bytes);

} // namespace keys
