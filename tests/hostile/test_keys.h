// Public keys that are as expensive as may be. Nobody has their private halves: a signature that fails costs
// what one costs that passes.
#pragma once

#include <cstddef>
#include <string>

namespace hostile {

// PKCS#1 with a modulus of `bits` random bits and this exponent, big-endian.
[[nodiscard]] std::string rsa_der(std::size_t bits, const std::string& exponent);
[[nodiscard]] std::string key_record(const std::string& der); // "v=DKIM1; p=..."

[[nodiscard]] std::string large_key_record(unsigned seed = 0); // 4096 bits, exponent 2^32-1
[[nodiscard]] std::string large_signature();                   // b= for that key

} // namespace hostile
