// A key of OpenSSL's that is ready to sign or to verify. For this folder's implementation files only.
#pragma once

#include "crypto/openssl_handle.h"
#include "crypto/signature_algorithm.h"

#include <memory>

namespace crypto {

enum class KeyUse { sign, verify };

// To prepare a key, OpenSSL searches for the algorithm, under locks that all threads share. So this is done
// once, and each signature uses a copy. Thread-safe once built.
class ReadyKey {
  public:
    ReadyKey(KeyHandle key, KeyType type, KeyUse use);

    [[nodiscard]] EVP_PKEY* get() const { return key_.get(); }
    // For one signature; null when OpenSSL fails, and for a key of the other type.
    [[nodiscard]] KeyContext rsa() const;
    [[nodiscard]] DigestContext ed25519() const;

  private:
    KeyHandle key_;
    KeyContext rsa_;
    DigestContext ed25519_;
};

[[nodiscard]] std::shared_ptr<const ReadyKey> make_ready(KeyHandle key, KeyType type, KeyUse use);

} // namespace crypto
