// Public keys of DKIM key records (RFC 6376 3.6.1, RFC 8301, RFC 8463).
#pragma once

#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/signature_algorithm.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace crypto {

class ReadyKey;

// Thread-safe once built: verify() does not change it, so one object serves all messages that use the key.
class PublicKey {
  public:
    // DER bytes, a SubjectPublicKeyInfo or a bare RSAPublicKey. Refused: other algorithms, moduli outside of
    // 512..16384 bits before any arithmetic, a public exponent over 32 bits, even or below 3. (Which sizes
    // may pass is the caller's policy: see bits().)
    [[nodiscard]] static base::Result<PublicKey> rsa(std::string_view der);
    // RFC 8463 4.2: the 32 raw bytes.
    [[nodiscard]] static base::Result<PublicKey> ed25519(std::string_view raw);

    [[nodiscard]] KeyType type() const { return type_; }
    [[nodiscard]] std::size_t bits() const { return bits_; } // RSA modulus; 256 for Ed25519

    // RSASSA-PKCS1-v1_5 over the SHA-256 digest, or PureEdDSA over the digest's 32 bytes (RFC 8463
    // 3).
    [[nodiscard]] bool verify(const Sha256& digest, std::string_view signature) const;

  private:
    PublicKey(std::shared_ptr<const ReadyKey> key, KeyType type, std::size_t bits)
        : key_(std::move(key)), type_(type), bits_(bits) {}

    std::shared_ptr<const ReadyKey> key_;
    KeyType type_;
    std::size_t bits_;
};

} // namespace crypto
