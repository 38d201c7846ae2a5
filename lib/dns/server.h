// The address of a name server.
#pragma once

#include "base/ip_address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dns {

struct Server {
    base::IpAddress address;
    std::uint16_t port = 53;

    bool operator==(const Server&) const = default;
};

// "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]", "[2001:db8::53]:5353". Brackets are for
// IPv6.
[[nodiscard]] std::optional<Server> parse_server(std::string_view text);
[[nodiscard]] std::string print(const Server& server); // with the port unless it is 53
[[nodiscard]] std::string print_with_port(const Server& server);

} // namespace dns
