// Owners of OpenSSL's handles. For this folder's implementation files only: nothing else sees openssl/.
#pragma once

#include "crypto/digest.h"

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

namespace crypto {

struct FreeHandle {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

using Bio = std::unique_ptr<BIO, FreeHandle>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeHandle>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeHandle>;
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeHandle>;

inline const unsigned char* octets(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(
        bytes.data()); // the same bytes under OpenSSL's name for them
}

} // namespace crypto
