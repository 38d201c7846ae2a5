// libmilter's side of a session: translates its events, catches what must not escape into C, and carries out
// actions.
#pragma once

#include "milter/service.h"

#include <string>

namespace milter {

struct ServeOptions {
    std::string socket;          // in libmilter's spelling: "inet:8891@127.0.0.1", "unix:/run/x.sock"
    unsigned socket_mode = 0660; // of a unix socket
    std::string socket_group;    // of a unix socket; empty: unchanged
};

// Opens the socket and answers the MTA until a signal ends it; `ready` is called when the socket is open.
// Returns an empty text on an orderly end, else what went wrong. Once per process: libmilter keeps global
// state.
[[nodiscard]] std::string serve(Service& service, const ServeOptions& options,
                                const std::function<void()>& ready);

} // namespace milter
