// Signature algorithms by their DKIM names (RFC 6376 3.3, RFC 8301, RFC 8463).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace crypto {

enum class KeyType : std::uint8_t { rsa, ed25519 };
enum class SignatureAlgorithm : std::uint8_t { rsa_sha256, ed25519_sha256, rsa_sha1 };

[[nodiscard]] std::string_view print(KeyType type);                 // "rsa", "ed25519"
[[nodiscard]] std::string_view print(SignatureAlgorithm algorithm); // "rsa-sha256"
// Names are compared without regard to case, as ABNF strings are. rsa-sha1 is known so that it can be refused
// by name.
[[nodiscard]] std::optional<SignatureAlgorithm> parse_signature_algorithm(std::string_view name);
[[nodiscard]] KeyType key_type(SignatureAlgorithm algorithm);

} // namespace crypto
