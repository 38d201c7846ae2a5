// The key that signs dynamic updates (TSIG, RFC 8945), as a file has it.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace milter::tool::rotation {

struct TsigKey {
    std::string algorithm; // "hmac-sha256"
    std::string name;
    std::string secret; // base64
};

// `key "name" { algorithm hmac-sha256; secret "..."; };` or one line ALGORITHM:NAME:SECRET. The error holds
// nothing of the text.
[[nodiscard]] base::Result<TsigKey, std::string> parse_tsig_key(std::string_view text);

// Refused when others can read or replace the file.
[[nodiscard]] base::Result<TsigKey, std::string> read_tsig_key(const std::string& path);

} // namespace milter::tool::rotation
