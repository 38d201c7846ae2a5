// The directory in which keys are kept.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <optional>
#include <string>

namespace keys {

// Creates it, and missing directories above it: for its owner alone (0700), or for its owner and a group that
// may enter and read it (0750). Those above get 0755. What is there already is left as it is. The error says
// what failed, with the path.
[[nodiscard]] base::Result<void, std::string> make_key_directory(const std::string& path,
                                                                 std::optional<gid_t> group);

} // namespace keys
