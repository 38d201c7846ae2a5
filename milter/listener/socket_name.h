// The name of the listening socket.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace milter::listener {

// listen.socket in libmilter's spelling. Understood: inet:HOST:PORT, inet6:[HOST]:PORT, inet:PORT@HOST,
// inet:PORT, unix:/PATH, local:/PATH.
[[nodiscard]] base::Result<std::string> milter_socket(std::string_view setting);

} // namespace milter::listener
