// A private key as tables and files hold it: PEM, PEM squeezed into one line, or DER in base64.
#pragma once

#include "base/result.h"
#include "crypto/signing_key.h"

#include <string>
#include <string_view>

namespace keys {

// Cheap: the form only. Tables of many keys are checked with it when they are loaded.
[[nodiscard]] bool looks_like_key(std::string_view text);

// The key, or why it cannot be read, without quoting any of it.
[[nodiscard]] base::Result<crypto::SigningKey, std::string> parse_key(std::string_view text);

} // namespace keys
