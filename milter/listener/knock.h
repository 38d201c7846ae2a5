// Connecting to a milter socket and hanging up at once: to see whether anybody listens there, and to wake who
// does.
#pragma once

#include "base/socket_name.h"

namespace milter::listener {

[[nodiscard]] bool accepts_connections(const base::SocketName& socket);

} // namespace milter::listener
