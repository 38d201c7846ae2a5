// Connecting to a milter socket and hanging up at once: to see whether anybody listens there, and to wake who
// does.
#pragma once

#include <string>

namespace milter::listener {

// `socket` in libmilter's spelling, as milter_socket() gives it.
[[nodiscard]] bool accepts_connections(const std::string& socket);

} // namespace milter::listener
