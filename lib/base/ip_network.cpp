#include "base/ip_network.h"

#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace base {

namespace {

IpAddress masked(const IpAddress& address, unsigned length) {
    const auto mask = [length](std::size_t index) -> std::uint8_t {
        const auto first_bit = static_cast<unsigned>(index) * 8;
        if (first_bit + 8 <= length) {
            return 0xff;
        }
        const unsigned kept_bits = first_bit >= length ? 0 : length - first_bit;
        return static_cast<std::uint8_t>(0xff00U >> kept_bits & 0xffU);
    };
    const auto bytes = address.bytes();
    if (address.is_v4()) {
        IpAddress::V4 kept{};
        for (std::size_t i = 0; i < kept.size(); ++i) {
            kept[i] = bytes[i] & mask(i);
        }
        return IpAddress(kept);
    }
    IpAddress::V6 kept{};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        kept[i] = bytes[i] & mask(i);
    }
    return IpAddress(kept);
}

unsigned width(const IpAddress& address) {
    return address.is_v4() ? 32 : 128;
}

// RFC 4291 2.5.5.2: the 96 bits before the IPv4 address in ::ffff:192.0.2.1.
constexpr unsigned mapped_bits = 96;

} // namespace

IpNetwork::IpNetwork(const IpAddress& address, unsigned length)
    : address_(masked(address, std::min(length, width(address)))), length_(std::min(length, width(address))) {
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) {
        return refuse("expected an IPv4 or IPv6 address, for example 192.0.2.0/24 or 2001:db8::/32", 0);
    }
    if (slash == std::string_view::npos) {
        return IpNetwork(*address, width(*address));
    }
    const bool mapped = address->is_v4() && text.find(':') != std::string_view::npos;
    const unsigned least = mapped ? mapped_bits : 0;
    const unsigned most = width(*address) + least;
    const std::string_view digits = text.substr(slash + 1);
    unsigned length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
        !is_digit(digits.front()) || length < least || length > most) {
        return refuse(fmt::format("expected a prefix length from {} to {} after the slash{}", least, most,
                                  mapped ? ", because the block is an IPv4 one in the form of IPv6" : ""),
                      slash + 1);
    }
    return IpNetwork(*address, length - least);
}

bool IpNetwork::has_host_bits(std::string_view text) {
    const auto network = parse(text);
    return network && network->address_ != *IpAddress::parse(text.substr(0, text.find('/')));
}

bool IpNetwork::contains(const IpAddress& address) const {
    return address.is_v4() == address_.is_v4() && masked(address, length_) == address_;
}

bool IpNetwork::overlaps(const IpNetwork& other) const {
    return contains(other.address_) || other.contains(address_);
}

std::string IpNetwork::print() const {
    return fmt::format("{}/{}", address_.print(), length_);
}

} // namespace base
