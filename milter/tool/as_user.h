// Asking the system as another user would. Only trying tells what access lists, capabilities and mounts
// allow.
#pragma once

#include <functional>
#include <string>

namespace tool {

// What `ask` answers in a child process that runs as `user`; empty: in this process. Only root becomes
// another user. Nothing when that fails; whoever asks cannot tell then.
[[nodiscard]] std::string as_user(const std::string& user, const std::function<std::string()>& ask);

} // namespace tool
