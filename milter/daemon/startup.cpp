#include "milter/daemon/startup.h"

#include "milter/callbacks.h"
#include "milter/daemon/configuration.h"
#include "milter/daemon/notify.h"
#include "milter/daemon/reload.h"
#include "milter/socket_address.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <chrono>

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

int serve_until_stopped(const Configuration& configuration, const CommandLine& command_line,
                        log::Logger& logger) {
    const auto& settings = configuration.runtime->settings;
    const auto socket = milter_socket(settings.listen.socket);
    if (!socket) {
        logger.write(Event::configuration_problem, fmt::format("listen.socket: {}", socket.error().message));
        return EX_CONFIG;
    }
    auto options = resolver_options(settings);
    options.report = [&logger](std::string_view text) { logger.write(Event::resolver_warning, text); };
    resolver::CachingResolver resolver(std::move(options));
    Service service(configuration.runtime, resolver, logger, wall_clock);
    const ReloadThread reloader([&] { reload(service, command_line); });
    const auto ready = [&] {
        logger.write(Event::listening,
                     fmt::format("listening on {}, configuration from {}, paraphd {}", settings.listen.socket,
                                 configuration.source, PARAPH_VERSION));
        notify_ready();
    };
    const auto problem =
        serve(service, {*socket, settings.listen.socket_mode, settings.listen.socket_group}, ready);
    notify_stopping();
    logger.write(Event::stopped, problem.empty() ? "stopped" : problem);
    return problem.empty() ? EX_OK : EX_UNAVAILABLE;
}

} // namespace

int run(const CommandLine& command_line) {
    prepare_signals();
    const auto configuration = read_configuration(command_line);
    if (!configuration.runtime) {
        return refuse_start(configuration);
    }
    const auto& log = configuration.runtime->settings.log;
    log::Logger logger(log_target(log.target), log.facility, log::parse_level(log.level));
    report(logger, configuration);
    return serve_until_stopped(configuration, command_line, logger);
}

} // namespace milter::daemon
