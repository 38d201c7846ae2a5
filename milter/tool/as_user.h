// Asking the system as another user would. Only a real attempt shows what access lists, capabilities and
// mounts allow.
#pragma once

#include "base/result.h"

#include <functional>
#include <string>

namespace milter::tool {

// The answer, or why it cannot be found out.
using Told = base::Result<std::string, std::string>;

// What `ask` answers in a child process that runs as `user`; empty: in this process. Only root becomes
// another user.
[[nodiscard]] Told as_user(const std::string& user, const std::function<std::string()>& ask);

} // namespace milter::tool
