// The signals that tell the daemon what to do: SIGTERM and SIGINT to stop, SIGHUP and SIGUSR1 to read its
// configuration again, SIGUSR2 to write its counters to the log.
//
// libmilter has a thread of its own that waits for SIGTERM, SIGINT and SIGHUP, and stops at once on each,
// with messages under way. A signal for the process goes to its main thread whenever that one is willing,
// before the kernel looks at any other thread (Linux, complete_signal). So the main thread does nothing but
// wait for signals: libmilter's thread never sees one, unless two come within microseconds.
#pragma once

namespace milter::daemon {

enum class Signal {
    reload,
    totals,
    stop,
    wake, // wake_main_thread() was called
};

// Blocks them and ignores SIGPIPE; to be called on the main thread before any other exists.
void prepare_signals();

// Waits for the next one. On the main thread only.
[[nodiscard]] Signal next_signal();

void wake_main_thread();

} // namespace milter::daemon
