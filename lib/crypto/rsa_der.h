// The two integers of an RSA public key, read from its DER by hand: OpenSSL's own decoders cost several
// signature verifications for each key and take locks that all threads share.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crypto {

struct RsaNumbers {
    std::string_view modulus; // big-endian, no leading zero; a view into the DER
    std::size_t bits = 0;     // of the modulus
    std::uint32_t exponent = 0;
};

// DER of a SubjectPublicKeyInfo (RFC 5280 4.1) or of a bare RSAPublicKey (RFC 8017 A.1.1): RFC 6376 3.6.1
// names the latter, nearly all key records hold the former. Refused before any arithmetic: whatever is not
// exactly one such structure, a modulus outside of 512..16384 bits or even, an exponent over 32 bits, even or
// below 3.
[[nodiscard]] base::Result<RsaNumbers> read_rsa_der(std::string_view der);

} // namespace crypto
