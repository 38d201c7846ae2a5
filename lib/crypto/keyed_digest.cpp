#include "crypto/keyed_digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace crypto {

Sha256 keyed_digest(std::string_view key, std::string_view text) {
    Sha256 digest{};
    unsigned int size = 0;
    const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets, text.size(), digest.data(),
             &size) == nullptr ||
        size != digest.size()) {
        throw std::runtime_error("HMAC failed");
    }
    return digest;
}

} // namespace crypto
