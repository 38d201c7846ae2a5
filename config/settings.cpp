#include "config/settings.h"

namespace config {

base::HostList loopback() {
    base::IpAddress::V6 one{};
    one.back() = 1;
    return {base::IpNetwork(base::IpAddress(base::IpAddress::V4{127, 0, 0, 0}), 8),
            base::IpNetwork(base::IpAddress(one), 128)};
}

} // namespace config
