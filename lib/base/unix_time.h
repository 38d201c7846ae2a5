// A point in time. The clock itself is read outside of lib/.
#pragma once

#include <cstdint>

namespace base {

// Seconds since 1970-01-01 00:00:00 UTC.
using UnixTime = std::int64_t;

} // namespace base
