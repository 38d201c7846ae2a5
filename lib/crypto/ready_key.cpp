#include "crypto/ready_key.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <utility>

namespace crypto {

namespace {

bool begin_rsa(EVP_PKEY_CTX* context, KeyUse use) {
    const int begun = use == KeyUse::sign ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context);
    return begun == 1 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
}

bool begin_ed25519(EVP_MD_CTX* context, EVP_PKEY* key, KeyUse use) {
    return (use == KeyUse::sign ? EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key)
                                : EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key)) == 1;
}

KeyContext ready_rsa(EVP_PKEY* key, KeyUse use) {
    KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context && begin_rsa(context.get(), use) ? std::move(context) : nullptr;
}

DigestContext ready_ed25519(EVP_PKEY* key, KeyUse use) {
    DigestContext context(EVP_MD_CTX_new());
    return context && begin_ed25519(context.get(), key, use) ? std::move(context) : nullptr;
}

} // namespace

ReadyKey::ReadyKey(KeyHandle key, KeyType type, KeyUse use) : key_(std::move(key)) {
    if (type == KeyType::rsa) {
        rsa_ = ready_rsa(key_.get(), use);
    } else {
        ed25519_ = ready_ed25519(key_.get(), use);
    }
    ERR_clear_error();
}

KeyContext ReadyKey::rsa() const {
    return KeyContext(rsa_ ? EVP_PKEY_CTX_dup(rsa_.get()) : nullptr);
}

DigestContext ReadyKey::ed25519() const {
    DigestContext copy(ed25519_ ? EVP_MD_CTX_new() : nullptr);
    return copy && EVP_MD_CTX_copy_ex(copy.get(), ed25519_.get()) == 1 ? std::move(copy) : nullptr;
}

std::shared_ptr<const ReadyKey> make_ready(KeyHandle key, KeyType type, KeyUse use) {
    return std::make_shared<const ReadyKey>(std::move(key), type, use);
}

} // namespace crypto
