// Addresses that no host has towards the world.
#pragma once

#include "base/ip_network.h"

namespace base {

// RFC 6890: whoever has one stands behind somebody else.
[[nodiscard]] bool is_private(const IpAddress& address);

} // namespace base
