#include "milter/daemon/startup.h"

#include "config/load_source.h"
#include "milter/daemon/capacity.h"
#include "milter/daemon/configuration.h"
#include "milter/daemon/control_server.h"
#include "milter/daemon/counter_log.h"
#include "milter/daemon/notify.h"
#include "milter/daemon/nudge.h"
#include "milter/daemon/relay_seeker.h"
#include "milter/daemon/reloader.h"
#include "milter/daemon/report_keeper.h"
#include "milter/daemon/sandbox.h"
#include "milter/daemon/signals.h"
#include "milter/link/callbacks.h"
#include "milter/link/socket_address.h"
#include "milter/listener/control.h"
#include "milter/threads/worker.h"

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
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace milter::daemon {

namespace {

using log::Event;

base::UnixTime wall_clock() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// Where to tell that the daemon does not start: on stderr for the operator who starts it, and in the log for
// the one who looks there later. Without settings the log is syslog, unless the command line says otherwise.
std::vector<log::Target> targets_of_failure(log::Target log) {
    if (log == log::Target::stderr_stream) {
        return {log::Target::stderr_stream};
    }
    return {log::Target::stderr_stream, log::Target::syslog};
}

int refuse_start(const Configuration& configuration, const CommandLine& command_line) {
    for (const auto target : targets_of_failure(command_line.log_target.value_or(log::Target::syslog))) {
        log::Logger logger(target, log::Facility::mail, log::Level::info);
        report(logger, configuration);
        logger.write(Event::failed,
                     fmt::format("{} has errors, paraphd does not start", configuration.source));
    }
    return EX_CONFIG;
}

void report_failure(const config::Settings::Log& settings, std::string_view problem) {
    for (const auto target : targets_of_failure(settings.target)) {
        log::Logger(target, settings.facility, log::Level::error).write(Event::failed, problem);
    }
}

// Ends the service in an orderly way: lets messages under way finish first, for as long as the settings allow
// or until `hurry` is requested.
void drain(runtime::Service& service, const link::ServeOptions& options, const std::stop_token& hurry) {
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
    link::stop_serving(options);
}

// Does what signals ask for, until the service has ended.
void obey_signals(runtime::Service& service, const link::ServeOptions& options, Reloader& reloader,
                  const std::atomic<bool>& ended) {
    CounterLog counters(service);
    const RelaySeeker seeker(service);
    threads::Worker worker([&] { static_cast<void>(reloader.reload()); });
    const std::jthread watcher([&](const std::stop_token& stop) { reloader.watch(stop); });
    std::jthread drainer;
    while (!ended) {
        switch (next_signal()) {
        case Signal::reload:
            worker.request();
            break;
        case Signal::totals:
            counters.request_totals();
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

// Null where there is none; that it cannot be had does not keep the daemon from its work.
std::unique_ptr<ControlServer> open_control(runtime::Service& service, Reloader& reloader) {
    const std::string& path = service.runtime()->settings.listen.control;
    if (path.empty() || access(config::directory_of(path).c_str(), F_OK) != 0) {
        return nullptr;
    }
    auto socket = listener::open_control(path);
    if (!socket) {
        service.logger().write(Event::configuration_warning,
                               fmt::format("`paraph reload` will not find this daemon: {}", socket.error()));
        return nullptr;
    }
    return std::make_unique<ControlServer>(std::move(*socket), path, reloader);
}

std::string serve_until_stopped(runtime::Service& service, const link::ServeOptions& options,
                                Reloader& reloader, const std::string& source) {
    const auto control = open_control(service, reloader);
    const auto ready = [&] {
        service.logger().write(Event::listening,
                               fmt::format("listening on {}, configuration from {}, paraphd {}",
                                           service.runtime()->settings.listen.socket.print(), source,
                                           PARAPH_VERSION));
        notify_ready();
    };
    std::atomic<bool> ended{false};
    std::string problem;
    std::jthread listener([&] {
        problem = link::serve(service, options, ready);
        ended = true;
        wake_main_thread();
    });
    obey_signals(service, options, reloader, ended);
    listener.join();
    return problem;
}

// libmilter leaves sessions on its threads when it ends. What they use must not be destroyed under them, so
// with any left the process ends without tidying up, but for a moment in which the log is written.
void leave(const runtime::Service& service, int exit_code) {
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

int start(Configuration configuration, const CommandLine& command_line, log::Logger& logger) {
    const config::Settings settings = configuration.runtime->settings; // without domains
    const Capacity capacity = claim_capacity();
    const auto limits = connection_limits(capacity);
    keep_memory_private();
    warn_of_few(limits, settings, logger);
    auto options = runtime::resolver_options(settings);
    options.report = [&logger](std::string_view text) { logger.write(Event::resolver_warning, text); };
    resolver::CachingResolver resolver(options);
    runtime::Service service(std::move(configuration.runtime), resolver, logger, wall_clock, limits.admitted);
    Reloader reloader(service, command_line, std::move(configuration.files), configuration.begun);
    ReportKeeper reports(service);
    const Nudge nudge(service, settings.listen.socket, capacity.threads);
    const auto problem = serve_until_stopped(
        service,
        {settings.listen.socket, settings.listen.socket_mode, settings.listen.socket_group, limits.open},
        reloader, configuration.source);
    reports.stop(); // sessions that libmilter left behind may still count
    if (problem.empty()) {
        logger.write(Event::stopped, "stopped");
    } else {
        report_failure(settings.log, problem);
    }
    const int exit_code = problem.empty() ? EX_OK : EX_UNAVAILABLE;
    leave(service, exit_code);
    return exit_code;
}

} // namespace

int run(const CommandLine& command_line) {
    use_small_stacks();
    prepare_signals();
    const auto sandbox_problem = give_up_other_programs();
    auto configuration = read_configuration(command_line);
    give_memory_back();
    if (!configuration.runtime) {
        return refuse_start(configuration, command_line);
    }
    const auto& log = configuration.runtime->settings.log;
    log::Logger logger(log.target, log.facility, log.level);
    report(logger, configuration);
    if (!sandbox_problem.empty()) {
        logger.write(Event::configuration_warning, sandbox_problem);
    }
    // The file that the daemon began with: once it is gone a reload must not go on with the defaults, which
    // have no keys.
    CommandLine from_now_on = command_line;
    if (configuration.source != built_in_defaults) {
        from_now_on.config = configuration.source;
    }
    return start(std::move(configuration), from_now_on, logger);
}

} // namespace milter::daemon
