#include "milter/daemon/notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <chrono>

namespace milter::daemon {

void notify_ready() {
    sd_notify(0, "READY=1");
}

void notify_reloading() {
    // systemd wants to know when the reload began on the monotonic clock, in microseconds.
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()).c_str());
}

void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}

} // namespace milter::daemon
