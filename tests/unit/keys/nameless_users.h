// Users and groups that no machine has a name for, and the daemon as one of them.
#pragma once

#include "keys/file_safety.h"

inline constexpr uid_t daemon_user = 70001;
inline constexpr uid_t somebody = 70002;
inline constexpr gid_t daemon_group = 70011;
inline constexpr gid_t some_group = 70012;

inline const keys::Reader reader{daemon_user, {daemon_group}, "paraph"};
