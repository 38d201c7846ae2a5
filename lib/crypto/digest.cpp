#include "crypto/digest.h"

#include <openssl/evp.h>

#include <cassert>

namespace crypto {

namespace {

// Fetched once for the life of the process: OpenSSL 3 otherwise searches its providers for every digest.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return method;
}

} // namespace

void Sha256Digest::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256Digest::Sha256Digest() : context_(EVP_MD_CTX_new()) {
    [[maybe_unused]] const int ready = EVP_DigestInit_ex2(context_.get(), sha256_method(), nullptr);
    assert(ready == 1);
}

Sha256Digest::Sha256Digest(Sha256Digest&&) noexcept = default;
Sha256Digest& Sha256Digest::operator=(Sha256Digest&&) noexcept = default;
Sha256Digest::~Sha256Digest() = default;

void Sha256Digest::update(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

Sha256 Sha256Digest::peek() const {
    Sha256Digest copy;
    [[maybe_unused]] const int copied = EVP_MD_CTX_copy_ex(copy.context_.get(), context_.get());
    assert(copied == 1);
    return copy.finish();
}

Sha256 Sha256Digest::finish() {
    Sha256 digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return digest;
}

Sha256 sha256(std::string_view bytes) {
    Sha256 digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256_method(), nullptr);
    return digest;
}

} // namespace crypto
