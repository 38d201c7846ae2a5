#include "crypto/signing_key.h"

#include "crypto/public_key.h"

#include "support/catch.h"
#include "support/keys.h"

#include <string>

using crypto::KeyType;
using crypto::SigningKey;

namespace {

// Both under the passphrase "x": the label of PKCS#8, and the header lines of the older form.
constexpr std::string_view encrypted_pkcs8 = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgCdZWTERgUhQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEAL2GvTdfQZBbcllynCZHz0EQOu7
22nLZnnb6FQpPkoO1SuRxXZnuw4ROe9v4qiCihBomCAPHrUmEpPQqecs9t1cSF/6
tc+7MCfxmkAv/yDShMo=
-----END ENCRYPTED PRIVATE KEY-----
)";
constexpr std::string_view encrypted_traditional = R"(-----BEGIN EC PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-128-CBC,790FDC3D3F1971A1102594FBEBE0943F

vw2qdruNURk4JqZGgymsTuQINU8eoF58XDwWfnwtF29a5D/jUDhaM/qFaBIXvDy7
MoIISQ7LVUitaussDJ8ExqFmvG6HdZixU4tt++X4sGvlUy2VhJosUUOQMp8irL66
fg5Xg61HWJf5lphmjQd7qD25hNzYeGBHL+AWfyvnQzY=
-----END EC PRIVATE KEY-----
)";
constexpr std::string_view public_pem = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
)";

} // namespace

TEST_CASE("private keys are read from PEM") {
    const auto rsa = SigningKey::from_pem(support::rsa_pem);
    REQUIRE(rsa);
    CHECK(rsa->type() == KeyType::rsa);
    CHECK(rsa->bits() == 1024);
    CHECK(rsa->algorithm() == crypto::SignatureAlgorithm::rsa_sha256);

    const auto ed25519 = SigningKey::from_pem(support::ed25519_pem);
    REQUIRE(ed25519);
    CHECK(ed25519->type() == KeyType::ed25519);
    CHECK(ed25519->bits() == 256);
    CHECK(ed25519->algorithm() == crypto::SignatureAlgorithm::ed25519_sha256);
}

TEST_CASE("text around the key and a CRLF file do no harm") {
    std::string crlf = "mail key\r\n";
    for (const char c : support::rsa_pem) {
        crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    }
    CHECK(SigningKey::from_pem(crlf));
}

namespace {

// Of 1024 bits, with the public exponent 4294967297.
constexpr std::string_view large_exponent_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICegIBADANBgkqhkiG9w0BAQEFAASCAmQwggJgAgEAAoGBAMFRe6+zGBxNrYUD\n"
    "fDuufvGr/lOGdwqJxwr0y1ApS5gqp1O86X8BSu1AUxTDmjflM6g0+JCixsYvaxqc\n"
    "F4IDl+mKO8/b+ACWc7PHkRZNHl1rKpeUc+royHw7QaL+/CxnGvAb4CeAYMyoj+N5\n"
    "9L42ox1Zxt1i58WG+olniq0yAxoXAgUBAAAAAQKBgQDAVfk6jFKnpbgqArEBz/Jz\n"
    "lwauv2uDHy9lkQBL/I6ltuHJl83oX94K+7ctQC7r7A9Yngl2oe/cohgoCgyRWgJX\n"
    "DXJ/UprQMlmMwLhribF9iuduVkaUNe+zJVdn7NpXpV5kAOpcxAvMbIPdUC1ZpJm0\n"
    "L3B+nLGSXUybLt8u5C+3QQJBAPv6tppIhOQvBpADakV//47vveky7T399vTQEooD\n"
    "jwcZ7MfgTk+YInVXYveVt1bWTfPONGMkEzBtBLad/K+3dHECQQDEZyadXRibWRkR\n"
    "AL6/VefE8X7Wzac6JTpolInfl4UWlmajLcZCBoV75xkro6j+NE9n7TTmjAW4T0Kp\n"
    "t8blpxsHAkAvR6Cs32WQYAD8KwXUw1LJP9JAvkh3e36akw04gn3gN7JBH05MDIBj\n"
    "xwl1ovd1//n7OS1W2AoOb9Qgu7YzhnwxAkEAjfCN/wU+7V2Xwi8GtSwoOkS6Jq8V\n"
    "Lqasgel5HqqRJ5CjUOTf1cGH3diyFUiSvc4IxsNh7JKq6Dzw2zSR8MJjXwJBAO2Q\n"
    "Me87jltFDFdEQ1UyufGTY3tXEeWvxLeVzaWjgmUgJhu1SzCco0QeuwcFOInd453W\n"
    "hjjVBu/o9+fOcmLp7AI=\n"
    "-----END PRIVATE KEY-----\n";

} // namespace

TEST_CASE("a key that cannot sign is refused with the reason, and nobody is asked for a passphrase") {
    struct Case {
        std::string name;
        std::string pem;
        std::string expected;
    };
    const Case cases[] = {
        {"nothing", "", "no PEM private key found"},
        {"something else", "hello", "no PEM private key found"},
        {"a public key", std::string(public_pem),
         "a public key; signing needs the private key that belongs to it"},
        {"an RSA public key in its older form",
         "-----BEGIN RSA PUBLIC KEY-----\nMEgC\n-----END RSA PUBLIC KEY-----\n",
         "a public key; signing needs the private key that belongs to it"},
        {"a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
         "a certificate; signing needs a private key"},
        {"a key record", "s1._domainkey IN TXT \"v=DKIM1; k=rsa; p=MIIB\"",
         "the record with the public key; signing needs the private key that belongs to it"},
        {"an RSA key in DER", std::string("\x30\x82\x04\xbd\x02\x01\x00", 7),
         "in DER, not PEM; convert it with openssl pkey -inform DER -in FILE -out FILE.pem"},
        {"an Ed25519 key in DER", std::string("\x30\x2e\x02\x01\x00\x30\x05", 7),
         "in DER, not PEM; convert it with openssl pkey -inform DER -in FILE -out FILE.pem"},
        {"OpenSSH's own form",
         "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n",
         "a private key of OpenSSH's own form, not PEM of PKCS#8 or PKCS#1"},
        {"half a key", std::string(support::rsa_pem.substr(0, 400)), "the private key cannot be read"},
        {"garbage in the armour", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
         "the private key cannot be read"},
        {"encrypted PKCS#8", std::string(encrypted_pkcs8),
         "the private key is encrypted; remove its passphrase"},
        {"encrypted in the older form", std::string(encrypted_traditional),
         "the private key is encrypted; remove its passphrase"},
        {"an elliptic curve key", std::string(support::p256_pem),
         "a key of type EC cannot sign; use RSA or Ed25519"},
        {"a small RSA key", std::string(support::rsa_512_pem),
         "an RSA key of 512 bits; 1024 to 16384 are allowed"},
        {"an exponent that verifiers do not take", std::string(large_exponent_pem),
         "verifiers cannot use this key: RSA exponent over 32 bits"},
        {"a large file", std::string(100000, '-'), "too long for a PEM private key"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const auto key = SigningKey::from_pem(c.pem);
        REQUIRE_FALSE(key);
        CHECK(key.error().message == c.expected);
    }
}

TEST_CASE("new keys sign, and come back from their own PEM") {
    for (const auto type : {KeyType::rsa, KeyType::ed25519}) {
        const auto made = SigningKey::generate(type, 1024);
        REQUIRE(made);
        CHECK(made->to_pem().rfind("-----BEGIN PRIVATE KEY-----\n", 0) == 0);
        const auto again = SigningKey::from_pem(made->to_pem());
        REQUIRE(again);
        CHECK(again->type() == type);
        CHECK(again->public_record_bytes() == made->public_record_bytes());
    }
}

TEST_CASE("keys of impossible sizes are not made") {
    CHECK_FALSE(SigningKey::generate(KeyType::rsa, 1023));
    CHECK_FALSE(SigningKey::generate(KeyType::rsa, 16385));
}

TEST_CASE("what a signing key signs, its public half verifies", "[rfc6376-3.3][rfc8463-3]") {
    const crypto::Sha256 digest = crypto::sha256("text");
    const auto rsa = SigningKey::from_pem(support::rsa_pem);
    const auto rsa_public = crypto::PublicKey::rsa(rsa->public_record_bytes());
    REQUIRE(rsa_public);
    CHECK(rsa_public->bits() == 1024);
    CHECK(rsa_public->verify(digest, *rsa->sign(digest)));

    const auto ed25519 = SigningKey::from_pem(support::ed25519_pem);
    CHECK(ed25519->public_record_bytes().size() == 32);
    const auto ed25519_public = crypto::PublicKey::ed25519(ed25519->public_record_bytes());
    REQUIRE(ed25519_public);
    CHECK(ed25519_public->verify(digest, *ed25519->sign(digest)));
}
