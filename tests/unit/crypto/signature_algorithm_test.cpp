#include "crypto/signature_algorithm.h"

#include "support/catch.h"

using crypto::KeyType;
using crypto::SignatureAlgorithm;

TEST_CASE("algorithm names are read without regard to case and print back", "[rfc6376-3.3][rfc8463-3]") {
    for (const auto algorithm :
         {SignatureAlgorithm::rsa_sha256, SignatureAlgorithm::ed25519_sha256, SignatureAlgorithm::rsa_sha1}) {
        CHECK(crypto::parse_signature_algorithm(crypto::print(algorithm)) == algorithm);
    }
    CHECK(crypto::parse_signature_algorithm("RSA-SHA256") == SignatureAlgorithm::rsa_sha256);
    CHECK(crypto::parse_signature_algorithm("rsa") == std::nullopt);
    CHECK(crypto::parse_signature_algorithm("rsa-sha256 ") == std::nullopt);
    CHECK(crypto::parse_signature_algorithm("") == std::nullopt);
}

TEST_CASE("every algorithm belongs to one type of key") {
    CHECK(crypto::key_type(SignatureAlgorithm::rsa_sha256) == KeyType::rsa);
    CHECK(crypto::key_type(SignatureAlgorithm::rsa_sha1) == KeyType::rsa);
    CHECK(crypto::key_type(SignatureAlgorithm::ed25519_sha256) == KeyType::ed25519);
    CHECK(crypto::print(KeyType::rsa) == "rsa");
    CHECK(crypto::print(KeyType::ed25519) == "ed25519");
}
