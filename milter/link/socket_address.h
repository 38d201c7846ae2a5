// Addresses of sockets: the MTA's client as libmilter hands it over, and our own listening socket.
#pragma once

#include "base/socket_name.h"
#include "milter/session/direction.h"

#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/stat.h>

namespace milter::link {

// Without an address and a port for a null address and for families other than IPv4 and IPv6.
[[nodiscard]] session::Client client_at(const sockaddr* address, std::string_view name);

// While it lives, files (and unix sockets) are created with no more than `mode`.
class UmaskGuard {
  public:
    explicit UmaskGuard(mode_t mode) : previous_(umask(static_cast<mode_t>(~mode & 0777U))) {}
    ~UmaskGuard() { umask(previous_); }
    UmaskGuard(const UmaskGuard&) = delete;
    UmaskGuard& operator=(const UmaskGuard&) = delete;

  private:
    mode_t previous_;
};

// Gives a unix socket its mode and group; other sockets are left alone. Returns what went wrong, or nothing.
[[nodiscard]] std::string grant_group(const base::SocketName& socket, const std::string& group, mode_t mode);

// Has what is written to connections of our listening sockets sent at once. libmilter writes each edit and
// the reply one by one, and otherwise the kernel holds a short one back until the MTA has acknowledged the
// one before it, which costs each message some 40 ms over TCP. libmilter does not tell its descriptor: all
// listening ones are looked at.
void send_without_delay();

} // namespace milter::link
