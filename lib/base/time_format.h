// Points in time as text. The clock itself is read outside of lib/.
#pragma once

#include <cstdint>
#include <string>

namespace base {

// Seconds since 1970-01-01 00:00:00 UTC.
using UnixTime = std::int64_t;

// "2026-05-01T12:00:00Z" (RFC 3339), UTC.
[[nodiscard]] std::string format_rfc3339(UnixTime time);

} // namespace base
