// Waiting for a socket.
#pragma once

#include "keys/source/source.h"

namespace keys::source {

// False when the deadline came first.
[[nodiscard]] bool wait_for(int socket, bool to_read, Time deadline);

} // namespace keys::source
