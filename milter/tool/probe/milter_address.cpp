#include "milter/tool/probe/milter_address.h"

#include "base/port.h"

namespace milter::tool {

namespace {

std::string_view without_brackets(std::string_view host) {
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

base::Result<MilterAddress> parse_inet(std::string_view rest, MilterAddress::Family family,
                                       std::size_t position) {
    const std::size_t at = rest.find('@');
    const std::size_t colon = rest.rfind(':');
    std::string_view host;
    std::string_view port = rest;
    if (at != std::string_view::npos) {
        port = rest.substr(0, at);
        host = rest.substr(at + 1);
    } else if (colon != std::string_view::npos) {
        host = rest.substr(0, colon);
        port = rest.substr(colon + 1);
    }
    const auto number = base::parse_port(port);
    if (!number) {
        return base::refuse("expected HOST:PORT or PORT@HOST with a port from 1 to 65535", position);
    }
    return MilterAddress{family, std::string(without_brackets(host)), *number, {}};
}

base::Result<MilterAddress> parse_unix(std::string_view path, std::size_t position) {
    constexpr std::size_t max_path = 107; // sun_path less its NUL
    if (path.empty() || path.size() > max_path) {
        return base::refuse("expected a path of 1 to 107 octets", position);
    }
    return MilterAddress{MilterAddress::Family::unix, {}, 0, std::string(path)};
}

} // namespace

base::Result<MilterAddress> parse_milter_address(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view scheme = text.substr(0, colon);
    const std::string_view rest =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (scheme == "inet") {
        return parse_inet(rest, MilterAddress::Family::inet, colon + 1);
    }
    if (scheme == "inet6") {
        return parse_inet(rest, MilterAddress::Family::inet6, colon + 1);
    }
    if (scheme == "unix" || scheme == "local") {
        return parse_unix(rest, colon + 1);
    }
    return base::refuse("expected inet:HOST:PORT, inet:PORT@HOST, inet6:[HOST]:PORT or unix:PATH", 0);
}

} // namespace milter::tool
