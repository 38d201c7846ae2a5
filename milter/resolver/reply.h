// What came of one query to one server.
#pragma once

#include "milter/resolver/wire_name.h"

#include <cstdint>
#include <functional>
#include <string>
#include <system_error>

namespace milter::resolver {

struct Reply {
    enum class Kind : std::uint8_t {
        response,    // `packet` matches the query's id and question; nothing more is known about it
        silence,     // no reply in time
        unreachable, // the network or the server's system says that nobody is there
        tcp_silence, // it lives, for it asked for TCP, but there was no answer in time
        tcp_closed,  // the same, but each connection was refused or ended without an answer
        shutdown,    // the transport was stopped
    };
    Kind kind;
    PacketView packet{}; // valid during the call
    int error = 0;       // unreachable, tcp_closed: the system's error number, 0 where it has none

    // "Connection refused": nobody listens on the server's port.
    [[nodiscard]] std::string reason() const { return std::generic_category().message(error); }
};

using ReplyTo = std::function<void(const Reply&)>; // must not throw

} // namespace milter::resolver
