// HMAC-SHA256: what only the holder of a key can make of a text, and always the same.
#pragma once

#include "crypto/digest.h"

#include <string_view>

namespace crypto {

[[nodiscard]] Sha256 keyed_digest(std::string_view key, std::string_view text);

} // namespace crypto
