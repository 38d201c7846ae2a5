#include "milter/listener/socket_trial.h"

#include "milter/listener/knock.h"

#include <fmt/format.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace milter::listener {

namespace {

using Trouble = std::optional<SocketTrouble>;

Trouble because(std::string reason) {
    return SocketTrouble{std::move(reason)};
}

// Of what the system says with `error`.
Trouble because(std::string reason, int error) {
    return SocketTrouble{.reason = std::move(reason), .denied = error == EACCES || error == EPERM};
}

Trouble somebody_listens() {
    return SocketTrouble{.reason = "another process listens there", .in_use = true};
}

Trouble try_folder(const std::string& folder) {
    struct stat status{};
    if (stat(folder.c_str(), &status) != 0) {
        const int error = errno;
        return because(fmt::format("directory {}: {}", folder, std::strerror(error)), error);
    }
    if (!S_ISDIR(status.st_mode)) {
        return because(fmt::format("{} is no directory", folder));
    }
    if (access(folder.c_str(), W_OK | X_OK) != 0) {
        const int error = errno;
        return because(fmt::format("directory {}: {}", folder, std::strerror(error)), error);
    }
    return std::nullopt;
}

// Only root gives a file to a group that it is not in.
bool is_member(gid_t group) {
    if (geteuid() == 0 || getegid() == group) {
        return true;
    }
    const int count = getgroups(0, nullptr);
    std::vector<gid_t> groups(count > 0 ? static_cast<std::size_t>(count) : 0);
    return getgroups(count, groups.data()) == count &&
           std::find(groups.begin(), groups.end(), group) != groups.end();
}

// From a directory with the sticky bit, as /tmp is, only the owner of either takes a file away.
bool may_remove(const struct stat& file, const std::string& folder) {
    struct stat status{};
    return geteuid() == 0 || file.st_uid == geteuid() || stat(folder.c_str(), &status) != 0 ||
           (status.st_mode & S_ISVTX) == 0 || status.st_uid == geteuid();
}

std::string user_name(uid_t user) {
    const auto* entry = getpwuid(user);
    return entry == nullptr ? std::to_string(user) : entry->pw_name;
}

Trouble try_unix(const base::SocketName& socket, const std::string& group) {
    const std::string& path = socket.path;
    constexpr std::size_t longest = base::SocketName::longest_path;
    static_assert(longest == sizeof(sockaddr_un::sun_path) - 1);
    if (path.size() > longest) {
        return because(fmt::format("the path has {} characters, the system takes {}", path.size(), longest));
    }
    const auto* entry = group.empty() ? nullptr : getgrnam(group.c_str());
    if (!group.empty() && entry == nullptr) {
        return because(fmt::format("listen.socket_group: there is no group '{}'", group));
    }
    const bool may_give = entry == nullptr || is_member(entry->gr_gid);
    if (accepts_connections(socket)) {
        return somebody_listens();
    }
    struct stat status{};
    const bool is_there = lstat(path.c_str(), &status) == 0;
    if (is_there && !S_ISSOCK(status.st_mode)) {
        return because(fmt::format("{} is there and is no socket", path));
    }
    const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    if (auto trouble = try_folder(folder)) {
        return trouble;
    }
    if (is_there && !may_remove(status, folder)) {
        return SocketTrouble{.reason =
                                 fmt::format("{} was left behind by another user ({}), and nobody else may "
                                             "remove it from {}",
                                             path, user_name(status.st_uid), folder),
                             .denied = true};
    }
    return may_give ? std::nullopt
                    : Trouble({.reason = fmt::format(
                                   "listen.socket_group: the daemon's user is not in the group '{}'", group),
                               .no_member = true});
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Trouble try_bind(const addrinfo& address) {
    const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return because(std::strerror(errno));
    }
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Binding fails where somebody listens. To listen here, if for a moment only, would keep out a daemon
    // that starts just now.
    const bool free = bind(fd, address.ai_addr, address.ai_addrlen) == 0;
    const int error = errno;
    close(fd);
    if (free) {
        return std::nullopt;
    }
    return error == EADDRINUSE ? somebody_listens() : because(std::strerror(error), error);
}

Trouble try_inet(const base::SocketName& socket) {
    const std::string& host = socket.host;
    const auto port = std::to_string(socket.port);
    addrinfo wanted{};
    wanted.ai_family = socket.family == base::SocketName::Family::inet6 ? AF_INET6 : AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &wanted, &found);
    if (error != 0) {
        return because(fmt::format("host {}: {}", host, gai_strerror(error)));
    }
    const Addresses owner(found, freeaddrinfo);
    return try_bind(*found);
}

} // namespace

std::optional<SocketTrouble> try_socket(const base::SocketName& socket, const std::string& group) {
    return socket.is_unix() ? try_unix(socket, group) : try_inet(socket);
}

} // namespace milter::listener
