// The commands that let the daemon read a file and keep it from others, for diagnostics.
#pragma once

#include "keys/file_safety.h"

#include <string>

namespace keys {

// "chown root:paraph PATH && chmod 0640 PATH": for a file that the reader cannot read.
[[nodiscard]] std::string reading_advice(const std::string& path, const Ownership& file,
                                         const Reader& reader);
// "chgrp paraph PATH && chmod g+x PATH": for a directory that the reader cannot enter.
[[nodiscard]] std::string entering_advice(const std::string& path, const Ownership& directory,
                                          const Reader& reader);
// "chown root:paraph it and chmod 0640 it": for a key file of a stranger.
[[nodiscard]] std::string owning_advice(const Reader& reader);

} // namespace keys
