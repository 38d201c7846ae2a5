#include "milter/daemon/relay_seeker.h"

#include <fmt/format.h>

#include <chrono>
#include <new>
#include <string>

namespace milter::daemon {

namespace {

constexpr std::chrono::seconds look_every{10};

} // namespace

void seek_relays(runtime::Service& service, const runtime::LookUpHost& look_up) {
    const auto before = service.runtime();
    if (before->unknown_relay.empty()) {
        return;
    }
    const auto next = with_relays_found(*before, look_up);
    if (next == nullptr || !service.replace_runtime(before, next)) {
        return; // a reload came first, and the next look is at what it has read
    }
    service.logger().write(
        log::Event::relay_found,
        next->unknown_relay.empty()
            ? fmt::format("the relay '{}' has an address now; mail is refused again where 'policy' says so",
                          before->unknown_relay)
            : fmt::format("a relay has an address now; that of '{}' is still not known",
                          next->unknown_relay));
}

std::optional<threads::Wakeup::Clock::time_point> next_look(const runtime::Service& service) {
    return service.runtime()->unknown_relay.empty()
               ? std::nullopt
               : std::optional(threads::Wakeup::Clock::now() + look_every);
}

RelaySeeker::RelaySeeker(runtime::Service& service)
    : service_(service), bell_(service, wakeup_),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

RelaySeeker::~RelaySeeker() {
    thread_.request_stop();
    wakeup_.ring();
}

void RelaySeeker::run(const std::stop_token& stop) {
    // A stop waits for one answer at most, or it would take long just while the DNS fails.
    const auto look_up = [&stop](const std::string& name) -> runtime::HostAddresses {
        return stop.stop_requested() ? base::refuse(std::string("no time")) : runtime::look_up_host(name);
    };
    while (!stop.stop_requested()) {
        const auto look = next_look(service_);
        if (!look) {
            wakeup_.sleep();
            continue;
        }
        wakeup_.sleep_until(*look);
        try {
            seek_relays(service_, look_up);
        } catch (const std::bad_alloc&) { // there is another look
        }
    }
}

} // namespace milter::daemon
