// What programs that serve a zone do besides: they tell when they are ready, and wait for signals.
#pragma once

#include <fmt/format.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <string_view>
#include <system_error>

namespace support {

// A descriptor that can be read when one of the signals has come, which then do nothing else any more. To be
// called before a thread is started, because threads inherit the mask. Throws std::system_error.
[[nodiscard]] inline int watch_signals(std::initializer_list<int> signals) {
    sigset_t watched;
    sigemptyset(&watched);
    for (const int signal : signals) {
        sigaddset(&watched, signal);
    }
    sigprocmask(SIG_BLOCK, &watched, nullptr);
    const int descriptor = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    return descriptor;
}

// The line that whoever started the program waits for.
inline void tell_listening(std::string_view address, std::uint16_t port) {
    fmt::print("listening {}:{}\n", address, port);
    (void)std::fflush(stdout);
}

} // namespace support
