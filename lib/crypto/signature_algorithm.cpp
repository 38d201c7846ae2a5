#include "crypto/signature_algorithm.h"

#include "base/ascii.h"

namespace crypto {

std::string_view print(KeyType type) {
    switch (type) {
    case KeyType::rsa:
        return "rsa";
    case KeyType::ed25519:
        return "ed25519";
    }
    return {};
}

std::string_view print(SignatureAlgorithm algorithm) {
    switch (algorithm) {
    case SignatureAlgorithm::rsa_sha256:
        return "rsa-sha256";
    case SignatureAlgorithm::ed25519_sha256:
        return "ed25519-sha256";
    case SignatureAlgorithm::rsa_sha1:
        return "rsa-sha1";
    }
    return {};
}

std::optional<SignatureAlgorithm> parse_signature_algorithm(std::string_view name) {
    for (const auto algorithm :
         {SignatureAlgorithm::rsa_sha256, SignatureAlgorithm::ed25519_sha256, SignatureAlgorithm::rsa_sha1}) {
        if (base::iequals(name, print(algorithm))) {
            return algorithm;
        }
    }
    return std::nullopt;
}

KeyType key_type(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm::ed25519_sha256 ? KeyType::ed25519 : KeyType::rsa;
}

} // namespace crypto
