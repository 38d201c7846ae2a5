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

std::string origin_of(const std::string& domain, const DomainEntry& entry, const SigningKeyEntry& key) {
    return key.line == 0 && entry.rotation ? rotation_file(entry.rotation->directory, domain)
                                           : entry.named_in + ':' + std::to_string(key.line);
}

} // namespace config
