#include "milter/link/socket_address.h"

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

namespace milter::link {

session::Client client_at(const sockaddr* address, std::string_view name) {
    session::Client client{std::nullopt, std::nullopt, std::string(name)};
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

std::string grant_group(const base::SocketName& socket, const std::string& group, mode_t mode) {
    if (!socket.is_unix()) {
        return {};
    }
    const std::string& path = socket.path;
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

} // namespace milter::link
