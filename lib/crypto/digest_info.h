// What an RSASSA-PKCS1-v1_5 signature encloses (RFC 8017 9.2): the digest behind the name of its algorithm.
#pragma once

#include "crypto/digest.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace crypto {

// RFC 8017 9.2 note 1, SHA-256: SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.1, NULL }, OCTET STRING of 32
// }.
constexpr std::array<std::uint8_t, 19> sha256_info_prefix = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                             0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                             0x01, 0x05, 0x00, 0x04, 0x20};

using DigestInfo = std::array<std::uint8_t, sha256_info_prefix.size() + std::tuple_size_v<Sha256>>;

// Handed to OpenSSL ready-made, because naming the digest to each key context makes it search its providers
// each time.
constexpr DigestInfo digest_info(const Sha256& digest) {
    DigestInfo info{};
    std::copy(digest.begin(), digest.end(),
              std::copy(sha256_info_prefix.begin(), sha256_info_prefix.end(), info.begin()));
    return info;
}

} // namespace crypto
