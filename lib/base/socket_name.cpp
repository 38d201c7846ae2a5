#include "base/socket_name.h"

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/ip_address.h"
#include "base/port.h"
#include "base/secret_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace base {

namespace {

using Family = SocketName::Family;

std::string not_a_socket(std::string_view text) {
    return fmt::format("{} is not a socket", quoted(text));
}

struct Endpoint {
    std::string_view host;
    std::string_view port;
};

// "PORT@HOST", "HOST:PORT" or "PORT"
Endpoint split_endpoint(std::string_view text) {
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        return {text.substr(at + 1), text.substr(0, at)};
    }
    const auto colon = text.rfind(':');
    return colon == std::string_view::npos ? Endpoint{"", text}
                                           : Endpoint{text.substr(0, colon), text.substr(colon + 1)};
}

// The C library takes many texts for an IPv4 address, such as 0x7f.1 and 0, and libmilter others.
bool looks_like_number(std::string_view host) {
    const auto last = host.substr(host.rfind('.') + 1); // npos + 1 is the beginning
    return last.starts_with("0x") || last.starts_with("0X") ||
           std::all_of(last.begin(), last.end(), is_digit);
}

// The host as it is kept, if it is one. Brackets are for IPv6.
std::optional<std::string> read_host(std::string_view text) {
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    if (bracketed) {
        text = text.substr(1, text.size() - 2);
    }
    if (bracketed && text.find(':') == std::string_view::npos) {
        return std::nullopt;
    }
    if (const auto address = IpAddress::parse(text)) {
        return address->print();
    }
    const bool is_name = text.empty() || (DomainName::parse(text) && !looks_like_number(text));
    return is_name ? std::optional(std::string(text)) : std::nullopt;
}

bool is_v4(const std::string& host) {
    const auto address = IpAddress::parse(host);
    return address && address->is_v4();
}

Result<SocketName> parse_inet(std::string_view text, Family family, std::string_view rest) {
    const Endpoint endpoint = split_endpoint(rest);
    auto host = read_host(endpoint.host);
    const auto port = parse_port(endpoint.port);
    if (!host || !port || (family == Family::inet6 && is_v4(*host))) {
        return refuse(not_a_socket(text), text.size() - rest.size());
    }
    const bool v6 = family == Family::inet6 || host->find(':') != std::string::npos;
    return SocketName{v6 ? Family::inet6 : Family::inet, std::move(*host), *port, {}, std::string(text)};
}

Result<SocketName> parse_unix(std::string_view text, std::string_view path) {
    if (path.empty()) {
        return refuse("a unix socket needs a path", text.size());
    }
    return SocketName{Family::unix, {}, 0, std::string(path), std::string(text)};
}

} // namespace

Result<SocketName> SocketName::parse(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view family = text.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    if (family == "inet" || family == "inet6") {
        return parse_inet(text, family == "inet" ? Family::inet : Family::inet6, rest);
    }
    if (colon != std::string_view::npos && (family == "unix" || family == "local")) {
        return parse_unix(text, rest);
    }
    return refuse(not_a_socket(text), 0);
}

bool SocketName::is_everywhere() const {
    const auto address = IpAddress::parse(host);
    const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
    return !is_unix() && (host.empty() || (address && std::all_of(address->bytes().begin(),
                                                                  address->bytes().end(), is_zero)));
}

std::string SocketName::print() const {
    if (!as_written.empty()) {
        return as_written;
    }
    if (is_unix()) {
        return "unix:" + path;
    }
    const bool v6 = host.find(':') != std::string::npos;
    return fmt::format("{}:{}{}{}{}{}", family == Family::inet6 ? "inet6" : "inet", v6 ? "[" : "", host,
                       v6 ? "]" : "", host.empty() ? "" : ":", port);
}

std::string SocketName::print_for_libmilter() const {
    return is_unix() ? "unix:" + path
                     : fmt::format("{}:{}{}{}", family == Family::inet6 ? "inet6" : "inet", port,
                                   host.empty() ? "" : "@", host);
}

} // namespace base
