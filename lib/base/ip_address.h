// An IPv4 or IPv6 address as a value.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace base {

class IpAddress {
  public:
    using V4 = std::array<std::uint8_t, 4>;
    using V6 = std::array<std::uint8_t, 16>;

    IpAddress() = default; // 0.0.0.0
    explicit IpAddress(const V4& bytes);
    // RFC 7208 5: an IPv4-mapped address (::ffff:a.b.c.d) is the IPv4 address a.b.c.d.
    explicit IpAddress(const V6& bytes);

    // Dotted quad without leading zeros, or RFC 4291 text, optionally behind the "IPv6:" that Sendmail's
    // macros carry. No zone, no brackets, no prefix length.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const { return v4_; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const; // 4 or 16, network order
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] std::string print() const;
    // The name under in-addr.arpa or ip6.arpa that holds the PTR records, without a trailing dot.
    [[nodiscard]] std::string reverse_name() const;

    auto operator<=>(const IpAddress&) const = default;

  private:
    bool v4_ = true;
    V6 bytes_{};
};

} // namespace base
