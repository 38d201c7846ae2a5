// libmilter's side of a session: translates its events, catches what must not escape into C, and carries out
// actions.
#pragma once

#include "base/socket_name.h"
#include "milter/runtime/service.h"

#include <string>

namespace milter::link {

struct ServeOptions {
    base::SocketName socket;
    unsigned socket_mode = 0660;                       // of a unix socket
    std::string socket_group;                          // of a unix socket; empty: unchanged
    std::size_t most_open = threads::Share::unlimited; // connections; more are closed at their first word
};

// Opens the socket and answers the MTA until stop_serving() is called; `ready` is called when the socket is
// open. Returns an empty text on an orderly end, else what went wrong. Once per process: libmilter keeps
// global state. Sessions may be on libmilter's threads still when it returns.
[[nodiscard]] std::string serve(runtime::Service& service, const ServeOptions& options,
                                const std::function<void()>& ready);

// From another thread: makes serve() return, within milliseconds. Connections that are open are cut.
void stop_serving(const ServeOptions& options);

} // namespace milter::link
