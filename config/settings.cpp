#include "config/settings.h"

namespace config {

std::vector<base::IpNetwork> loopback() {
    base::IpAddress::V6 one{};
    one.back() = 1;
    return {base::IpNetwork(base::IpAddress(base::IpAddress::V4{127, 0, 0, 0}), 8),
            base::IpNetwork(base::IpAddress(one), 128)};
}

base::HostList loopback_hosts() {
    const auto blocks = loopback();
    return {blocks.begin(), blocks.end()};
}

} // namespace config
