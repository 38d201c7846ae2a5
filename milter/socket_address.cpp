#include "milter/socket_address.h"

#include "base/ascii.h"
#include "base/secret_text.h"

#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace milter {

namespace {

constexpr std::string_view spellings =
    "expected inet:HOST:PORT, inet6:[HOST]:PORT, inet:PORT@HOST or unix:/PATH";

bool is_port(std::string_view text) {
    constexpr std::size_t digits = 5;
    return !text.empty() && text.size() <= digits && std::all_of(text.begin(), text.end(), base::is_digit) &&
           std::stoul(std::string(text)) <= 65535;
}

std::string_view without_brackets(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) {
        return host.substr(1, host.size() - 2);
    }
    return host;
}

base::Result<std::string> inet_socket(std::string_view family, std::string_view rest) {
    std::string_view host;
    std::string_view port;
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        port = rest.substr(0, at);
        host = rest.substr(at + 1);
    } else if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
        host = rest.substr(0, colon);
        port = rest.substr(colon + 1);
    } else {
        port = rest;
    }
    host = without_brackets(host);
    if (!is_port(port)) {
        return base::refuse(fmt::format("{} is not a port; {}", base::quoted(port), spellings),
                            family.size() + 1);
    }
    const bool v6 = host.find(':') != std::string_view::npos;
    return fmt::format("{}:{}{}{}", v6 ? "inet6" : family, port, host.empty() ? "" : "@", host);
}

} // namespace

Client client_at(const sockaddr* address, std::string_view name) {
    Client client{std::nullopt, std::nullopt, std::string(name)};
    if (address != nullptr && address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        base::IpAddress::V4 bytes{};
        std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
        client.address = base::IpAddress(bytes);
        client.port = ntohs(v4.sin_port);
    } else if (address != nullptr && address->sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address, sizeof v6);
        base::IpAddress::V6 bytes{};
        std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
        client.address = base::IpAddress(bytes);
        client.port = ntohs(v6.sin6_port);
    }
    return client;
}

base::Result<std::string> milter_socket(std::string_view setting) {
    const auto colon = setting.find(':');
    const auto family = setting.substr(0, colon);
    const auto rest = colon == std::string_view::npos ? std::string_view() : setting.substr(colon + 1);
    if (family == "inet" || family == "inet6") {
        return inet_socket(family, rest);
    }
    if ((family == "unix" || family == "local") && rest.starts_with('/')) {
        return fmt::format("unix:{}", rest);
    }
    if (family == "unix" || family == "local") {
        return base::refuse(
            fmt::format("the path of a unix socket must be absolute, not {}", base::quoted(rest)), colon + 1);
    }
    return base::refuse(fmt::format("{} is not a socket; {}", base::quoted(setting), spellings), 0);
}

std::string grant_group(const std::string& socket, const std::string& group, mode_t mode) {
    constexpr std::string_view prefix = "unix:";
    if (!socket.starts_with(prefix)) {
        return {};
    }
    const std::string path = socket.substr(prefix.size());
    if (!group.empty()) {
        const struct group* entry = getgrnam(group.c_str());
        if (entry == nullptr) {
            return fmt::format("listen.socket_group: there is no group {}", base::quoted(group));
        }
        if (chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
            return fmt::format("cannot give {} to group {}: {}", path, group, std::strerror(errno));
        }
    }
    if (chmod(path.c_str(), mode) != 0) {
        return fmt::format("cannot set the mode of {}: {}", path, std::strerror(errno));
    }
    return {};
}

void send_without_delay() {
    constexpr int highest_looked_at = 256; // at start only a few are open
    const int on = 1;
    for (int fd = 0; fd < highest_looked_at; ++fd) {
        int listening = 0;
        socklen_t size = sizeof listening;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0) {
            // Accepted sockets inherit it. Unix sockets refuse it and need it not.
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
    }
}

} // namespace milter
