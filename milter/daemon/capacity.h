// How many connections the system lets this process serve.
//
// libmilter does not survive running out: when accept() finds no descriptor it tries again for ever without a
// pause, and when no thread can be made the session is never answered. So connections are turned away before.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace milter::daemon {

struct Capacity {
    std::size_t descriptors;
    std::size_t threads;
};

// Raises the soft limit of open files to the hard one, and reads that, the limit of processes of this user
// and the pids limits of the control groups we are in.
[[nodiscard]] Capacity claim_capacity();

struct ConnectionLimits {
    std::size_t admitted; // served; what comes on top is answered 451
    std::size_t open;     // more are closed as soon as they say anything
};

// One descriptor a connection, and at worst one thread; some are kept for the daemon itself, and a fifth of
// the rest for connections that are being turned away.
[[nodiscard]] ConnectionLimits connection_limits(const Capacity& capacity);

// How many threads this process has; 0 when the system does not tell.
[[nodiscard]] std::size_t running_threads();

// The lowest pids.max from the group of `cgroup` (the text of /proc/self/cgroup) up to the root of the
// hierarchy, which is mounted at `mount`. Nothing when there is none.
[[nodiscard]] std::optional<std::size_t> pids_limit(std::string_view cgroup, const std::string& mount);

} // namespace milter::daemon
