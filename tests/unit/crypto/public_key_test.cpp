#include "crypto/public_key.h"

#include "base/base64.h"
#include "crypto/signing_key.h"

#include "support/catch.h"
#include "support/keys.h"

#include <string>

using crypto::KeyType;
using crypto::PublicKey;
using crypto::SigningKey;

namespace {

PublicKey public_half(const SigningKey& key) {
    const std::string bytes = key.public_record_bytes();
    auto half = key.type() == KeyType::rsa ? PublicKey::rsa(bytes) : PublicKey::ed25519(bytes);
    REQUIRE(half);
    return std::move(*half);
}

} // namespace

TEST_CASE("a signature with any one bit changed does not verify") {
    const crypto::Sha256 digest = crypto::sha256("text");
    for (const auto pem : {support::rsa_pem, support::ed25519_pem}) {
        const auto key = SigningKey::from_pem(pem);
        const PublicKey half = public_half(*key);
        const std::string signature = *key->sign(digest);
        for (std::size_t i = 0; i < signature.size(); ++i) {
            std::string changed = signature;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CHECK_FALSE(half.verify(digest, changed));
        }
        CHECK(half.verify(digest, signature));
    }
}

TEST_CASE("a signature of another length, digest or key does not verify") {
    const crypto::Sha256 digest = crypto::sha256("text");
    for (const auto type : {KeyType::rsa, KeyType::ed25519}) {
        const auto key = SigningKey::from_pem(type == KeyType::rsa ? support::rsa_pem : support::ed25519_pem);
        const PublicKey half = public_half(*key);
        const std::string signature = *key->sign(digest);
        CHECK_FALSE(half.verify(digest, ""));
        CHECK_FALSE(half.verify(digest, signature.substr(1)));
        CHECK_FALSE(half.verify(digest, signature + "x"));
        CHECK_FALSE(half.verify(digest, std::string(1, '\0') + signature));
        CHECK_FALSE(half.verify(crypto::sha256("texT"), signature));
        CHECK_FALSE(public_half(*SigningKey::generate(type, 1024)).verify(digest, signature));
    }
}

TEST_CASE("keys that are none are refused") {
    CHECK_FALSE(PublicKey::rsa(""));
    CHECK_FALSE(PublicKey::rsa("not DER"));
    CHECK_FALSE(PublicKey::ed25519(""));
    CHECK_FALSE(PublicKey::ed25519(std::string(31, 'x')));
    CHECK_FALSE(PublicKey::ed25519(std::string(33, 'x')));
    // RFC 8463 4.2: not the DER structure, however common that is elsewhere.
    const auto structure =
        base::base64_decode("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    CHECK_FALSE(PublicKey::ed25519(*structure));
    CHECK_FALSE(PublicKey::rsa(*structure));
}
