// Files with a secret of our own: the key of a store, the key of bounce tokens.
#pragma once

#include "keys/key_file.h"
#include "milter/tool/command.h"

#include <string>

namespace milter::tool {

// Whose access counts: ours. Root does the daemon's work, so that files of the daemon's user are as good as
// its own.
[[nodiscard]] keys::Reader secret_reader();

// What stands in it, for the caller to wipe. A file that others may read or change is refused, like a private
// key.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

} // namespace milter::tool
