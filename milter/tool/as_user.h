// Asking the system as another user would. Only trying tells what access lists, capabilities and mounts
// allow.
#pragma once

#include "base/result.h"

#include <functional>
#include <string>

namespace milter::tool {

// What was asked, or why nobody can tell.
using Answer = base::Result<std::string, std::string>;

// What `ask` answers in a child process that runs as `user`; empty: in this process. Only root becomes
// another user.
[[nodiscard]] Answer as_user(const std::string& user, const std::function<std::string()>& ask);

} // namespace milter::tool
