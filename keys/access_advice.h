// The commands that let the daemon read a file and keep it from others, for diagnostics. They are pasted by
// root: a path that a shell would not take as it is stands in quotes, or is not repeated.
#pragma once

#include "keys/file_safety.h"

#include <string>
#include <string_view>

namespace keys {

// Whether a group is there to share keys with this daemon: its own, one named after it, OpenDKIM's. Any other
// opens what has nothing to do with mail: shadow, disk, ssl-cert.
[[nodiscard]] bool is_for_keys(std::string_view group, std::string_view daemon);

// "chown root:paraph PATH && chmod 0640 PATH": for a file that the reader cannot read.
[[nodiscard]] std::string reading_advice(const std::string& path, const Ownership& file,
                                         const Reader& reader);
// "chgrp paraph PATH && chmod g+x PATH": for a directory that the reader cannot enter. A file in one that was
// not made for the daemon has to move.
[[nodiscard]] std::string entering_advice(const std::string& path, const Ownership& directory,
                                          const Reader& reader);
// "chown root:paraph it and chmod 0640 it": for a key file of a stranger.
[[nodiscard]] std::string owning_advice(const Reader& reader);

} // namespace keys
