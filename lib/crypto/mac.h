// Codes by which we know our own words again: HMAC-SHA256 (RFC 2104).
#pragma once

#include "crypto/digest.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crypto {

// 256 random bits. Wiped when it is gone.
class MacKey {
  public:
    static constexpr std::size_t octets = 32;

    [[nodiscard]] static MacKey generate();
    // As print() writes it; white space around it is left out. Nothing: it is none.
    [[nodiscard]] static std::optional<MacKey> read(std::string_view text);

    MacKey(const MacKey&) = default;
    MacKey& operator=(const MacKey&) = default;
    ~MacKey();

    [[nodiscard]] std::string print() const; // base64
    [[nodiscard]] Sha256 code(std::string_view text) const;

  private:
    MacKey() = default;

    std::array<std::uint8_t, octets> key_{};
};

// In a time that does not tell where they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

void fill_with_random_octets(std::uint8_t* octets, std::size_t count);

template <std::size_t count>
[[nodiscard]] std::array<std::uint8_t, count> random_octets() {
    std::array<std::uint8_t, count> octets{};
    fill_with_random_octets(octets.data(), count);
    return octets;
}

} // namespace crypto
