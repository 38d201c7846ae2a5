// Private keys in files.
#pragma once

#include "base/result.h"
#include "crypto/signing_key.h"
#include "keys/file_safety.h"

#include <optional>
#include <string>

namespace keys {

// Reads a key, PEM or DER. With `require_safe` a file that others can read or replace is refused (see
// file_safety.h). The opened file is checked, so that it cannot be exchanged in between. The error names the
// path.
[[nodiscard]] base::Result<crypto::SigningKey, std::string>
read_key_file(const std::string& path, const Reader& reader, bool require_safe);

// Whether a file is there, safe and readable, without opening it: for tables of many keys.
class KeyFileCheck {
  public:
    explicit KeyFileCheck(const Reader& reader) : reader_(reader), directories_(reader) {}

    struct Finding {
        std::string problem; // "PATH: No such file or directory": the key cannot be used; empty: it can
        std::string danger;  // "PATH: can be read by others ...": it should not; empty: it may
    };
    [[nodiscard]] Finding examine(const std::string& path);
    // "cannot be read by user paraph (mode 0600, owner root:root); chown ...": by the modes of the file and
    // of what is above it, and what to do. Nothing: they let the reader in.
    [[nodiscard]] std::optional<std::string> barred(const std::string& path);

  private:
    [[nodiscard]] std::optional<std::string> barred(const std::string& path, const Ownership& file);

    const Reader& reader_;
    DirectoryGuard directories_;
};

} // namespace keys
