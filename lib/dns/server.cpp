#include "dns/server.h"

#include "base/port.h"

#include <fmt/format.h>

#include <utility>

namespace dns {

namespace {

// "[ADDRESS]" or "[ADDRESS]:PORT"
std::optional<Server> parse_bracketed(std::string_view text) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = base::IpAddress::parse(text.substr(1, close - 1));
    const std::string_view rest = text.substr(close + 1);
    const auto port = rest.empty()            ? std::optional(Server().port)
                      : rest.starts_with(':') ? base::parse_port(rest.substr(1))
                                              : std::nullopt;
    if (!address || address->is_v4() || !port) {
        return std::nullopt;
    }
    return Server{*address, *port};
}

} // namespace

std::optional<Server> parse_server(std::string_view text) {
    if (text.starts_with('[')) {
        return parse_bracketed(text);
    }
    const auto colon = text.find(':');
    const bool has_port =
        colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
    const auto address = base::IpAddress::parse(has_port ? text.substr(0, colon) : text);
    const auto port = has_port ? base::parse_port(text.substr(colon + 1)) : std::optional(Server().port);
    if (!address || !port) {
        return std::nullopt;
    }
    return Server{*address, *port};
}

std::string print(const Server& server) {
    return server.port == Server().port ? server.address.print() : print_with_port(server);
}

std::string print_with_port(const Server& server) {
    const bool v4 = server.address.is_v4();
    return fmt::format("{}{}{}:{}", v4 ? "" : "[", server.address.print(), v4 ? "" : "]", server.port);
}

} // namespace dns
