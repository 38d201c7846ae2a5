// resolv.conf, and the names of servers in settings.
#include "dns/server.h"
#include "fuzz/property.h"
#include "milter/resolver/resolv_conf.h"

namespace {

constexpr std::size_t most_servers = 8;

void run(std::string_view input) {
    const auto servers = milter::resolver::parse_resolv_conf(input);
    fuzz::require(!servers.empty() && servers.size() <= most_servers, "there is a server, and not too many");
    if (const auto server = dns::parse_server(input)) {
        fuzz::require(server->port != 0, "a server is an address and a port");
        fuzz::require(dns::parse_server(print(*server)) == server, "a server survives its own text");
    }
}

const fuzz::Target target("resolv_conf", run);

} // namespace
