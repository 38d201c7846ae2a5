#include "milter/resolver/resolver.h"

#include "base/ip_address.h"
#include "base/port.h"

#include <fmt/format.h>

#include <utility>

namespace milter::resolver {

namespace {

// The address and, behind the last colon, the port. IPv6 text has colons of its own, so there the brackets
// decide.
std::pair<std::string_view, std::optional<std::string_view>> split_server(std::string_view text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        const auto rest = close == std::string_view::npos ? std::string_view() : text.substr(close + 1);
        if (rest.empty() && close != std::string_view::npos) {
            return {text.substr(1, close - 1), std::nullopt};
        }
        if (rest.starts_with(':')) {
            return {text.substr(1, close - 1), rest.substr(1)};
        }
        return {};
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
        return {text, std::nullopt};
    }
    return {text.substr(0, colon), text.substr(colon + 1)};
}

} // namespace

std::optional<Server> parse_server(std::string_view text) {
    const auto [host, port_text] = split_server(text);
    const auto address = base::IpAddress::parse(host);
    if (!address) {
        return std::nullopt;
    }
    Server server{address->print()};
    if (port_text) {
        const auto port = base::parse_port(*port_text);
        if (!port) {
            return std::nullopt;
        }
        server.port = *port;
    }
    return server;
}

std::string print(const Server& server) {
    const bool v6 = server.address.find(':') != std::string::npos;
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", server.address, v6 ? "]" : "", server.port);
}

} // namespace milter::resolver
