// resolv.conf, and the names of servers in settings.
#include "base/ip_address.h"
#include "fuzz/property.h"
#include "milter/resolver/resolv_conf.h"

namespace {

constexpr std::size_t most_servers = 8;

void run(std::string_view input) {
    const auto servers = milter::resolver::parse_resolv_conf(input);
    fuzz::require(!servers.empty() && servers.size() <= most_servers, "there is a server, and not too many");
    for (const auto& server : servers) {
        fuzz::require(base::IpAddress::parse(server.address).has_value(), "a server is an address");
    }
    if (const auto server = milter::resolver::parse_server(input)) {
        fuzz::require(base::IpAddress::parse(server->address).has_value() && server->port != 0,
                      "a server is an address and a port");
    }
}

const fuzz::Target target("resolv_conf", run);

} // namespace
