#include "dns/server.h"

#include "base/port.h"

#include <fmt/format.h>

#include <utility>

namespace dns {

namespace {

// `port` is absent where the text has none.
std::optional<Server> with_port(const std::optional<base::IpAddress>& address,
                                std::optional<std::string_view> port) {
    if (!address) {
        return std::nullopt;
    }
    Server server{*address};
    if (!port) {
        return server;
    }
    const auto number = base::parse_port(*port);
    if (!number) {
        return std::nullopt;
    }
    server.port = *number;
    return server;
}

// "[ADDRESS]" or "[ADDRESS]:PORT"
std::optional<Server> parse_bracketed(std::string_view text) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = base::IpAddress::parse(text.substr(1, close - 1));
    const std::string_view rest = text.substr(close + 1);
    if (!address || address->is_v4() || !(rest.empty() || rest.starts_with(':'))) {
        return std::nullopt;
    }
    return with_port(address, rest.empty() ? std::nullopt : std::optional(rest.substr(1)));
}

} // namespace

std::optional<Server> parse_server(std::string_view text) {
    if (text.starts_with('[')) {
        return parse_bracketed(text);
    }
    const auto colon = text.find(':');
    const bool has_port =
        colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
    return with_port(base::IpAddress::parse(has_port ? text.substr(0, colon) : text),
                     has_port ? std::optional(text.substr(colon + 1)) : std::nullopt);
}

std::string print(const Server& server) {
    return server.port == Server().port ? server.address.print() : print_with_port(server);
}

std::string print_with_port(const Server& server) {
    const bool v4 = server.address.is_v4();
    return fmt::format("{}{}{}:{}", v4 ? "" : "[", server.address.print(), v4 ? "" : "]", server.port);
}

} // namespace dns
