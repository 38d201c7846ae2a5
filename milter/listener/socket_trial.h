// What would keep the listening socket from being opened, in words: libmilter says only that it could not.
#pragma once

#include "base/socket_name.h"

#include <optional>
#include <string>

namespace milter::listener {

struct SocketTrouble {
    std::string reason;     // "/run/paraph is no directory"
    bool in_use = false;    // only because somebody listens there already
    bool denied = false;    // only to the user who tries
    bool no_member = false; // only because the user who tries is not in the group
};

// Tries it without leaving a trace. `group` is listen.socket_group.
[[nodiscard]] std::optional<SocketTrouble> try_socket(const base::SocketName& socket,
                                                      const std::string& group);

} // namespace milter::listener
