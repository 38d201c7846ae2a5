// Sockets that are connected to a name server, so that the kernel drops what comes from anywhere else.
#pragma once

#include "milter/resolver/resolver.h"

namespace milter::resolver {

// Non-blocking, SOCK_DGRAM or SOCK_STREAM, from a port that the kernel chooses at random. Negative when there
// is none to be had; a stream may still be on its way.
[[nodiscard]] int connect_to(const Server& server, int type);

} // namespace milter::resolver
