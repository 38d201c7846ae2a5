// Bytes that nobody can read or change without a key, and that fit only one place: AES-256-GCM (NIST
// SP 800-38D) under a key of their own for each place, which HMAC-SHA256 derives (as HKDF expands a key).
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// 256 random bits. Wiped when it is gone.
class SealingKey {
  public:
    static constexpr std::size_t octets = 32;

    [[nodiscard]] static SealingKey generate();
    // 64 hexadecimal digits, or base64; white space around it is left out. Nothing: it is neither.
    [[nodiscard]] static std::optional<SealingKey> read(std::string_view text);

    SealingKey(const SealingKey&) = default;
    SealingKey& operator=(const SealingKey&) = default;
    ~SealingKey();

    [[nodiscard]] std::string print() const; // base64

    // `place` says what it is and where it belongs, and must be the same to open it.
    [[nodiscard]] std::string seal(std::string_view place, std::string_view text) const;
    // Nothing: it was sealed with another key or for another place, or was changed.
    [[nodiscard]] std::optional<std::string> open(std::string_view place, std::string_view sealed) const;

  private:
    using Octets = std::array<std::uint8_t, octets>;
    SealingKey() = default;
    [[nodiscard]] Octets key_of(std::string_view place) const;

    Octets key_{};
};

} // namespace crypto
