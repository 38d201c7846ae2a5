// The daemon gives up what it never needs, so that a defect in it is worth less to whoever finds one.
#pragma once

#include <string>

namespace milter::daemon {

// From now on this process starts no other program and no other process, nor looks into one or traces one;
// the kernel refuses it (seccomp). Threads are still made. To be called before there are any. Returns what
// went wrong, such as a kernel without seccomp, or nothing.
[[nodiscard]] std::string give_up_other_programs();

} // namespace milter::daemon
