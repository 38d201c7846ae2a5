// On the loopback interface.
#include "milter/listener/socket_trial.h"

#include "support/catch.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

int listens = 0; // how often anybody in this program has called listen()

} // namespace

// In place of the C library's: whoever listens for a moment only is seen by nobody else.
extern "C" int listen(int fd, int backlog) noexcept {
    ++listens;
    return static_cast<int>(syscall(SYS_listen, fd, backlog));
}

namespace {

// Opens a socket as libmilter does.
class Listener {
  public:
    explicit Listener(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const int on = 1;
        setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listens_ = bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                   listen(fd_, 1) == 0;
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { close(fd_); }

    [[nodiscard]] bool listens() const { return listens_; }
    [[nodiscard]] std::uint16_t port() const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

  private:
    int fd_;
    bool listens_ = false;
};

base::SocketName named(const std::string& text) {
    return base::SocketName::parse(text).value();
}

std::uint16_t free_port() {
    return Listener(0).port();
}

} // namespace

TEST_CASE("a trial finds whoever listens there, and nobody else") {
    for (const char* const host : {"@127.0.0.1", "@localhost", ""}) {
        CAPTURE(host);
        const Listener other(0);
        const auto socket = named(fmt::format("inet:{}{}", other.port(), host));
        const auto trouble = milter::listener::try_socket(socket, "");
        REQUIRE(trouble);
        CHECK(trouble->in_use);
        CHECK(trouble->reason == "another process listens there");
        CHECK_FALSE(milter::listener::try_socket(named(fmt::format("inet:{}{}", free_port(), host)), ""));
    }
    CHECK(milter::listener::try_socket(named("inet:8891@192.0.2.1"), "")->reason ==
          "Cannot assign requested address");
}

TEST_CASE("a trial does not keep out a daemon that starts at the same time") {
    const auto port = free_port();
    const int before = listens;
    CHECK_FALSE(milter::listener::try_socket(named(fmt::format("inet:{}@127.0.0.1", port)), ""));
    CHECK(listens == before);
    CHECK(Listener(port).listens());
    CHECK(listens == before + 1);
}
