#include "milter/listener/control.h"

#include "milter/listener/knock.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace milter::listener {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t longest_request = 100;
constexpr std::size_t longest_answer = std::size_t{16} * 1024 * 1024; // more lines than a daemon reports

std::string error_text(std::string_view what, const std::string& path) {
    return fmt::format("{}: {}: {}", path, what, std::strerror(errno));
}

std::optional<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() > base::SocketName::longest_path) {
        return std::nullopt;
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

OwnedDescriptor new_socket() {
    return OwnedDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

bool is_socket(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

// Why there still is something; empty: the place is free. Another file than a socket stays.
std::string remove_left_behind(const std::string& path) {
    base::SocketName name;
    name.family = base::SocketName::Family::unix;
    name.path = path;
    if (accepts_connections(name)) {
        return fmt::format("{}: another process listens there", path);
    }
    if (is_socket(path) && ::unlink(path.c_str()) != 0) {
        return error_text("a socket that was left behind there cannot be removed", path);
    }
    return {};
}

int milliseconds_until(Clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::max<decltype(left)>(left, 0));
}

// Appends what comes; false at the end, at the deadline, or when there is more than `most`.
bool read_some(int connection, Clock::time_point deadline, std::size_t most, std::string& text) {
    pollfd watched{connection, POLLIN, 0};
    std::array<char, 4096> buffer{};
    const int ready = ::poll(&watched, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) {
        return true;
    }
    const ssize_t count = ready == 1 ? ::recv(connection, buffer.data(), buffer.size(), 0) : 0;
    if (count <= 0 || text.size() + static_cast<std::size_t>(count) > most) {
        return false;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

} // namespace

OwnedDescriptor::~OwnedDescriptor() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

base::Result<OwnedDescriptor, std::string> open_control(const std::string& path) {
    const auto address = address_of(path);
    if (!address) {
        return base::refuse(fmt::format("{}: a path of a unix socket has at most {} octets", path,
                                        base::SocketName::longest_path));
    }
    if (std::string problem = remove_left_behind(path); !problem.empty()) {
        return base::refuse(std::move(problem));
    }
    auto descriptor = new_socket();
    constexpr mode_t only_owner = 0177;
    const mode_t before = ::umask(only_owner);
    const bool bound =
        descriptor.get() >= 0 &&
        ::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0;
    ::umask(before);
    constexpr int backlog = 8;
    if (!bound || ::listen(descriptor.get(), backlog) != 0) {
        return base::refuse(error_text("cannot listen", path));
    }
    return descriptor;
}

bool may_control(int connection) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == ::geteuid());
}

std::string read_line(int connection, std::chrono::milliseconds patience) {
    const auto deadline = Clock::now() + patience;
    std::string text;
    while (text.find('\n') == std::string::npos) {
        if (!read_some(connection, deadline, longest_request, text)) {
            return {};
        }
    }
    return text.substr(0, text.find('\n'));
}

bool send_text(int connection, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

base::Result<std::vector<std::string>, std::string>
ask_daemon(const std::string& path, std::string_view request, std::chrono::milliseconds patience) {
    const auto address = address_of(path);
    const auto connection = new_socket();
    if (!address ||
        ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        return base::refuse(address ? error_text("no paraphd is reached there", path)
                                    : fmt::format("'{}' is no path of a unix socket", path));
    }
    if (!send_text(connection.get(), fmt::format("{}\n", request))) {
        return base::refuse(error_text("the daemon hung up", path));
    }
    const auto deadline = Clock::now() + patience;
    std::string text;
    while (read_some(connection.get(), deadline, longest_answer, text)) {
    }
    std::vector<std::string> lines;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        lines.push_back(text.substr(0, end));
        text.erase(0, end + 1);
    }
    return lines;
}

} // namespace milter::listener
