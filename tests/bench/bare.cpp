#include "bench/bare.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdexcept>

namespace bench {

namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Fetched once: to look for the algorithm costs as much as to hash a kilobyte.
const EVP_MD* sha256_algorithm() {
    static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> fetched(
        EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free);
    return fetched.get();
}

void require(bool holds, const char* what) {
    if (!holds) {
        throw std::runtime_error(what);
    }
}

const unsigned char* octets(std::string_view text) {
    const void* untyped = text.data();
    return static_cast<const unsigned char*>(untyped);
}

} // namespace

std::array<unsigned char, 32> bare_sha256(std::string_view data) {
    std::array<unsigned char, 32> digest{};
    require(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, sha256_algorithm(), nullptr) == 1,
            "digest");
    return digest;
}

void BareKey::Free::operator()(evp_pkey_st* key) const {
    EVP_PKEY_free(key);
}

BareKey BareKey::rsa(unsigned bits) {
    BareKey key(EVP_RSA_gen(bits), true);
    require(key.key_ != nullptr, "RSA key");
    return key;
}

BareKey BareKey::ed25519() {
    BareKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), false);
    require(key.key_ != nullptr, "Ed25519 key");
    return key;
}

std::string BareKey::sign(std::string_view data) const {
    const Context context(EVP_MD_CTX_new());
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    std::size_t size = signature.size();
    void* out = signature.data();
    require(EVP_DigestSignInit(context.get(), nullptr, hashes_ ? sha256_algorithm() : nullptr, nullptr,
                               key_.get()) == 1 &&
                EVP_DigestSign(context.get(), static_cast<unsigned char*>(out), &size, octets(data),
                               data.size()) == 1,
            "sign");
    signature.resize(size);
    return signature;
}

void BareKey::verify(std::string_view data, std::string_view signature) const {
    const Context context(EVP_MD_CTX_new());
    require(EVP_DigestVerifyInit(context.get(), nullptr, hashes_ ? sha256_algorithm() : nullptr, nullptr,
                                 key_.get()) == 1 &&
                EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(data),
                                 data.size()) == 1,
            "verify");
}

} // namespace bench
