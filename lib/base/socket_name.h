// Where a milter listens, as Postfix, Sendmail and OpenDKIM write it.
//
//     inet:HOST:PORT  inet6:[HOST]:PORT  inet:PORT@HOST  inet:PORT  unix:PATH  local:PATH
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace base {

struct SocketName {
    static constexpr std::size_t longest_path = 107; // that a unix socket can have: sun_path less its NUL

    enum class Family : std::uint8_t { inet, inet6, unix };

    Family family = Family::inet;
    // An address in its usual form, or a name; empty: every address, or for a client loopback.
    std::string host;
    std::uint16_t port = 0;
    std::string path;       // of a unix socket
    std::string as_written; // for people; empty: as print() has it

    // A host with colons makes the family inet6. A path may be relative, which only a client can use, and
    // longer than the system takes.
    [[nodiscard]] static Result<SocketName> parse(std::string_view text);

    [[nodiscard]] bool is_unix() const { return family == Family::unix; }
    [[nodiscard]] bool is_everywhere() const; // 0.0.0.0, :: or no host at all
    // As it was written, else "inet:127.0.0.1:8891", "inet6:[::1]:8891", "unix:/run/x.sock".
    [[nodiscard]] std::string print() const;
    [[nodiscard]] std::string print_for_libmilter() const; // "inet:8891@127.0.0.1", "inet6:8891@::1"

    // Two spellings of one socket are the same.
    bool operator==(const SocketName& other) const {
        return family == other.family && host == other.host && port == other.port && path == other.path;
    }
};

} // namespace base
