#include "base/private_address.h"

#include <algorithm>
#include <vector>

namespace base {

bool is_private(const IpAddress& address) {
    static const std::vector<IpNetwork> networks = [] {
        std::vector<IpNetwork> list;
        for (const char* const block :
             {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
              "192.168.0.0/16", "224.0.0.0/3", "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"}) {
            list.push_back(*IpNetwork::parse(block));
        }
        return list;
    }();
    return std::any_of(networks.begin(), networks.end(),
                       [&](const auto& network) { return network.contains(address); });
}

} // namespace base
