#include "crypto/public_key.h"

#include "crypto/digest_info.h"
#include "crypto/ready_key.h"
#include "crypto/rsa_der.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace crypto {

namespace {

KeyHandle build_rsa(const RsaNumbers& numbers) {
    // OSSL_PARAM integers are in the machine's byte order.
    std::vector<unsigned char> modulus(numbers.modulus.begin(), numbers.modulus.end());
    if constexpr (std::endian::native == std::endian::little) {
        std::reverse(modulus.begin(), modulus.end());
    }
    std::uint32_t exponent = numbers.exponent;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus.data(), modulus.size()),
        OSSL_PARAM_construct_uint32(OSSL_PKEY_PARAM_RSA_E, &exponent),
        OSSL_PARAM_construct_end(),
    };
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        return nullptr;
    }
    return KeyHandle(key);
}

bool verify_rsa(const ReadyKey& key, const Sha256& digest, std::string_view signature) {
    const KeyContext context = key.rsa();
    const DigestInfo info = digest_info(digest);
    return context &&
           EVP_PKEY_verify(context.get(), octets(signature), signature.size(), info.data(), info.size()) == 1;
}

bool verify_ed25519(const ReadyKey& key, const Sha256& digest, std::string_view signature) {
    const DigestContext context = key.ed25519();
    return context && EVP_DigestVerify(context.get(), octets(signature), signature.size(), digest.data(),
                                       digest.size()) == 1;
}

} // namespace

base::Result<PublicKey> PublicKey::rsa(std::string_view der) {
    const auto numbers = read_rsa_der(der);
    if (!numbers) {
        return base::refuse(numbers.error());
    }
    KeyHandle key = build_rsa(*numbers);
    if (!key) {
        ERR_clear_error();
        return base::refuse("OpenSSL refused the RSA key", 0);
    }
    return PublicKey(make_ready(std::move(key), KeyType::rsa, KeyUse::verify), KeyType::rsa, numbers->bits);
}

base::Result<PublicKey> PublicKey::ed25519(std::string_view raw) {
    constexpr std::size_t key_size = 32;
    if (raw.size() != key_size) {
        return base::refuse("an Ed25519 key has 32 octets", 0);
    }
    KeyHandle key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, octets(raw), raw.size()));
    if (!key) {
        ERR_clear_error();
        return base::refuse("OpenSSL refused the Ed25519 key", 0);
    }
    return PublicKey(make_ready(std::move(key), KeyType::ed25519, KeyUse::verify), KeyType::ed25519,
                     key_size * 8);
}

bool PublicKey::verify(const Sha256& digest, std::string_view signature) const {
    const bool verified = type_ == KeyType::rsa ? verify_rsa(*key_, digest, signature)
                                                : verify_ed25519(*key_, digest, signature);
    if (!verified) {
        ERR_clear_error(); // a bad signature is no error of ours: the thread's queue must not fill up with
                           // them
    }
    return verified;
}

} // namespace crypto
