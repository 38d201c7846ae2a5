#include "crypto/mac.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "crypto/keyed_digest.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace crypto {

MacKey MacKey::generate() {
    MacKey key;
    fill_with_random_octets(key.key_.data(), key.key_.size());
    return key;
}

std::optional<MacKey> MacKey::read(std::string_view text) {
    auto bytes = base::base64_decode(base::trim_fws(text));
    if (!bytes || bytes->size() != octets) {
        return std::nullopt;
    }
    MacKey key;
    std::copy(bytes->begin(), bytes->end(), key.key_.begin());
    OPENSSL_cleanse(bytes->data(), bytes->size());
    return key;
}

MacKey::~MacKey() {
    OPENSSL_cleanse(key_.data(), key_.size());
}

std::string MacKey::print() const {
    return base::base64_encode({reinterpret_cast<const char*>(key_.data()), key_.size()});
}

Sha256 MacKey::code(std::string_view text) const {
    return keyed_digest({reinterpret_cast<const char*>(key_.data()), key_.size()}, text);
}

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_with_random_octets(std::uint8_t* octets, std::size_t count) {
    if (RAND_bytes(octets, static_cast<int>(count)) != 1) {
        throw std::runtime_error("no random numbers"); // there is nothing to go on with
    }
}

} // namespace crypto
