// Private keys that sign.
#pragma once

#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/signature_algorithm.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace crypto {

class ReadyKey;

// Parsed once and kept: decoding a PEM key costs more than the signature. Thread-safe once built.
class SigningKey {
  public:
    // PEM, PKCS#1 or PKCS#8, unencrypted; RSA of 1024 to 16384 bits, or Ed25519. Never asks for a password.
    [[nodiscard]] static base::Result<SigningKey> from_pem(std::string_view pem);
    // A new key: RSA of `bits`, or Ed25519 (bits ignored).
    [[nodiscard]] static base::Result<SigningKey> generate(KeyType type, std::size_t bits = 2048);

    [[nodiscard]] KeyType type() const { return type_; }
    [[nodiscard]] std::size_t bits() const { return bits_; }
    [[nodiscard]] SignatureAlgorithm algorithm() const;

    // The counterpart of PublicKey::verify. Refused only when OpenSSL fails.
    [[nodiscard]] base::Result<std::string> sign(const Sha256& digest) const;

    // What a key record's p= holds, before base64: SubjectPublicKeyInfo DER for RSA, 32 raw bytes for
    // Ed25519.
    [[nodiscard]] std::string public_record_bytes() const;
    [[nodiscard]] std::string to_pem() const; // PKCS#8, unencrypted

  private:
    SigningKey(std::shared_ptr<const ReadyKey> key, KeyType type, std::size_t bits)
        : key_(std::move(key)), type_(type), bits_(bits) {}

    std::shared_ptr<const ReadyKey> key_;
    KeyType type_;
    std::size_t bits_;
};

} // namespace crypto
