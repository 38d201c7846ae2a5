// A block of addresses in CIDR form.
#pragma once

#include "base/ip_address.h"
#include "base/result.h"

namespace base {

class IpNetwork {
  public:
    // `length` is clamped to the address family's width.
    IpNetwork(const IpAddress& address, unsigned length);

    // "192.0.2.0/24", "2001:db8::/32", or a bare address for a block of one. Host bits are cleared.
    // "::ffff:192.0.2.0/120" is an IPv4 block, "192.0.2.0/24".
    [[nodiscard]] static Result<IpNetwork> parse(std::string_view text);

    // Whether the text is a block with bits set after its prefix: "192.0.2.1/24".
    [[nodiscard]] static bool has_host_bits(std::string_view text);

    // False when the families differ.
    [[nodiscard]] bool contains(const IpAddress& address) const;
    // Whether any address is in both.
    [[nodiscard]] bool overlaps(const IpNetwork& other) const;
    [[nodiscard]] unsigned length() const { return length_; } // of the prefix, in bits
    [[nodiscard]] std::string print() const;

    auto operator<=>(const IpNetwork&) const = default;

  private:
    IpAddress address_;
    unsigned length_;
};

} // namespace base
