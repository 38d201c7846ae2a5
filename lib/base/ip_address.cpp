#include "base/ip_address.h"

#include "base/ascii.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

namespace base {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

} // namespace

IpAddress::IpAddress(const V4& bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

IpAddress::IpAddress(const V6& bytes) {
    if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {
        std::copy(bytes.begin() + 12, bytes.end(), bytes_.begin());
        return;
    }
    v4_ = false;
    bytes_ = bytes;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (istarts_with(text, "IPv6:")) {
        text.remove_prefix(5);
    }
    if (text.size() > INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated(text);
    V4 v4{};
    if (inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) {
        return IpAddress(v4);
    }
    V6 v6{};
    if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) {
        return IpAddress(v6);
    }
    return std::nullopt;
}

std::span<const std::uint8_t> IpAddress::bytes() const {
    return std::span<const std::uint8_t>(bytes_).first(v4_ ? 4 : 16);
}

bool IpAddress::is_loopback() const {
    if (v4_) {
        return bytes_[0] == 127;
    }
    return bytes_[15] == 1 && std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto b) { return b == 0; });
}

std::string IpAddress::print() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

std::string IpAddress::reverse_name() const {
    if (v4_) {
        return fmt::format("{}.{}.{}.{}.in-addr.arpa", bytes_[3], bytes_[2], bytes_[1], bytes_[0]);
    }
    std::string name;
    for (auto byte = bytes_.rbegin(); byte != bytes_.rend(); ++byte) {
        name += fmt::format("{:x}.{:x}.", *byte & 0xf, *byte >> 4);
    }
    return name + "ip6.arpa";
}

} // namespace base
