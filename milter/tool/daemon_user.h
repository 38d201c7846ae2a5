// The user that the daemon runs as where a package or the guide made one.
#pragma once

#include <sys/types.h>

#include <optional>

namespace milter::tool {

inline constexpr const char* daemon_user = "paraph";

// Its group, which may read what root makes for the daemon; nothing where there is no such user, and for
// those who cannot give files away.
[[nodiscard]] std::optional<gid_t> daemon_group();

// Root becomes a member of that group. Otherwise a key that the daemon's group may read, as everybody has it,
// would be one that others can read, in the eyes of root alone.
void join_daemon_group();

} // namespace milter::tool
