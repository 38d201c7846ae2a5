#include "milter/daemon/startup.h"

#include "milter/callbacks.h"
#include "milter/daemon/capacity.h"
#include "milter/daemon/configuration.h"
#include "milter/daemon/notify.h"
#include "milter/daemon/nudge.h"
#include "milter/daemon/sandbox.h"
#include "milter/daemon/signals.h"
#include "milter/daemon/worker.h"
#include "milter/socket_address.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace milter::daemon {

namespace {

using log::Event;

base::UnixTime wall_clock() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

log::Target log_target(const std::string& word) {
    return word == "stderr" ? log::Target::stderr_stream : log::Target::syslog;
}

void report(log::Logger& logger, const Configuration& configuration) {
    for (const auto& problem : configuration.problems) {
        logger.write(Event::configuration_problem, problem);
    }
    for (const auto& warning : configuration.warnings) {
        logger.write(Event::configuration_warning, warning);
    }
}

// Without settings there is no log target yet: the operator who starts the daemon sees it on stderr.
int refuse_start(const Configuration& configuration) {
    log::Logger logger(log::Target::stderr_stream, "mail", log::Level::info);
    report(logger, configuration);
    return EX_CONFIG;
}

void reload(Service& service, const CommandLine& command_line) {
    notify_reloading();
    const auto configuration = read_configuration(command_line);
    report(service.logger(), configuration);
    if (configuration.runtime) {
        service.replace_runtime(configuration.runtime);
        service.logger().write(Event::reloaded,
                               fmt::format("configuration reloaded from {}", configuration.source));
    } else {
        service.logger().write(
            Event::reload_refused,
            fmt::format("{} has errors, the old configuration stays in use", configuration.source));
    }
    notify_ready();
}

// Ends the service in an orderly way: lets messages under way finish first, for as long as the settings allow
// or until `hurry` is requested.
void drain(Service& service, const ServeOptions& options, const std::stop_token& hurry) {
    notify_stopping();
    service.load.draining = true;
    service.logger().write(Event::draining,
                           fmt::format("stopping, {} messages are under way", service.load.messages.load()));
    const auto deadline = std::chrono::steady_clock::now() + service.runtime()->settings.listen.drain_time;
    constexpr std::chrono::milliseconds pause{20};
    while (service.load.messages > 0 && !hurry.stop_requested() &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(pause);
    }
    stop_serving(options);
}

// Does what signals ask for, until the service has ended.
void obey_signals(Service& service, const ServeOptions& options, const CommandLine& command_line,
                  const std::atomic<bool>& ended) {
    Worker reloader([&] { reload(service, command_line); });
    std::jthread drainer;
    while (!ended) {
        switch (next_signal()) {
        case Signal::reload:
            reloader.request();
            break;
        case Signal::stop:
            if (drainer.joinable()) {
                drainer.request_stop();
            } else {
                drainer = std::jthread([&](const std::stop_token& hurry) { drain(service, options, hurry); });
            }
            break;
        case Signal::wake:
            break;
        }
    }
}

std::string serve_until_stopped(Service& service, const ServeOptions& options,
                                const CommandLine& command_line, const std::string& source) {
    const auto ready = [&] {
        service.logger().write(
            Event::listening, fmt::format("listening on {}, configuration from {}, paraphd {}",
                                          service.runtime()->settings.listen.socket, source, PARAPH_VERSION));
        notify_ready();
    };
    std::atomic<bool> ended{false};
    std::string problem;
    std::jthread listener([&] {
        problem = serve(service, options, ready);
        ended = true;
        wake_main_thread();
    });
    obey_signals(service, options, command_line, ended);
    listener.join();
    return problem;
}

// libmilter leaves sessions on its threads when it ends. What they use must not be destroyed under them, so
// with any left the process ends without tidying up, but for a moment in which the log is written.
void leave(const Service& service, int exit_code) {
    if (service.load.connections > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        std::_Exit(exit_code);
    }
    // A log that is stuck does not keep us from ending.
    constexpr unsigned patience = 2;
    static volatile std::sig_atomic_t status = exit_code; // all that a handler may look at
    static_cast<void>(std::signal(SIGALRM, [](int) { std::_Exit(status); }));
    alarm(patience);
}

void warn_of_few(const ConnectionLimits& limits, const config::Settings& settings, log::Logger& logger) {
    if (limits.admitted < settings.listen.max_connections) {
        logger.write(
            Event::configuration_warning,
            fmt::format("listen.max_connections is {}, but the system has descriptors and threads for {} "
                        "only: raise LimitNOFILE and TasksMax",
                        settings.listen.max_connections, limits.admitted));
    }
}

// Keys are in memory: no core file, and no other process of this user looks into ours.
void keep_memory_private() {
    prctl(PR_SET_DUMPABLE, 0);
}

bool can_start_threads() {
    try {
        std::thread([] {}).join();
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

// libmilter ends threads and starts new ones all the time. The C library keeps the stacks of ended threads
// for the next ones, but no more than 40 MiB of them, which is five of the usual size: all others are
// unmapped and mapped again. The deepest of our threads needs less than a fifth of this size. It may be too
// little where a library wants much thread-local storage, which lies on the stack as well.
void use_small_stacks() {
    constexpr std::size_t enough = 512UL * 1024;
    pthread_attr_t attributes;
    std::size_t usual = 0;
    if (pthread_getattr_default_np(&attributes) != 0) {
        return;
    }
    pthread_attr_getstacksize(&attributes, &usual);
    pthread_attr_setstacksize(&attributes, std::min(usual, enough));
    if (pthread_setattr_default_np(&attributes) == 0 && !can_start_threads()) {
        pthread_attr_setstacksize(&attributes, usual);
        pthread_setattr_default_np(&attributes);
    }
    pthread_attr_destroy(&attributes);
}

int start(const Configuration& configuration, const CommandLine& command_line, log::Logger& logger) {
    const auto& settings = configuration.runtime->settings;
    const auto socket = milter_socket(settings.listen.socket);
    if (!socket) {
        logger.write(Event::configuration_problem, fmt::format("listen.socket: {}", socket.error().message));
        return EX_CONFIG;
    }
    const Capacity capacity = claim_capacity();
    const auto limits = connection_limits(capacity);
    keep_memory_private();
    warn_of_few(limits, settings, logger);
    auto options = resolver_options(settings);
    options.report = [&logger](std::string_view text) { logger.write(Event::resolver_warning, text); };
    resolver::CachingResolver resolver(options);
    Service service(configuration.runtime, resolver, logger, wall_clock, limits.admitted);
    const Nudge nudge(service, *socket, capacity.threads);
    const auto problem = serve_until_stopped(
        service, {*socket, settings.listen.socket_mode, settings.listen.socket_group, limits.open},
        command_line, configuration.source);
    logger.write(Event::stopped, problem.empty() ? "stopped" : problem);
    const int exit_code = problem.empty() ? EX_OK : EX_UNAVAILABLE;
    leave(service, exit_code);
    return exit_code;
}

} // namespace

int run(const CommandLine& command_line) {
    use_small_stacks();
    prepare_signals();
    const auto sandbox_problem = give_up_other_programs();
    const auto configuration = read_configuration(command_line);
    if (!configuration.runtime) {
        return refuse_start(configuration);
    }
    const auto& log = configuration.runtime->settings.log;
    log::Logger logger(log_target(log.target), log.facility, log::parse_level(log.level));
    report(logger, configuration);
    if (!sandbox_problem.empty()) {
        logger.write(Event::configuration_warning, sandbox_problem);
    }
    return start(configuration, command_line, logger);
}

} // namespace milter::daemon
