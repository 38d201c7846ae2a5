// Asking the system as another user would. Only a real attempt shows what access lists, capabilities and
// mounts allow.
#pragma once

#include "base/result.h"
#include "keys/ownership.h"

#include <functional>
#include <string>

namespace milter::tool {

// The answer, or why it cannot be found out.
using Told = base::Result<std::string, std::string>;

// This process goes on as that user, with all his groups.
[[nodiscard]] bool become(const std::string& user, const keys::Account& account);

// What `ask` answers in a child process that runs as `user`; empty: in this process. Only root becomes
// another user.
[[nodiscard]] Told as_user(const std::string& user, const std::function<std::string()>& ask);

} // namespace milter::tool
