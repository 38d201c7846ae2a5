#include "milter/daemon/configuration.h"

#include "config/load.h"

#include <unistd.h>

#include <cerrno>

namespace milter::daemon {

namespace {

constexpr const char* system_file = "/etc/paraph/paraph.yaml";

config::Loaded load_settings(const CommandLine& command_line, std::string& source) {
    if (!command_line.config.empty()) {
        source = command_line.config;
        return config::load_file(source);
    }
    if (access(system_file, F_OK) == 0 || errno != ENOENT) { // one that cannot be looked at is no missing one
        source = system_file;
        return config::load_file(source);
    }
    source = built_in_defaults;
    return {.settings = config::default_settings(),
            .origins = {},
            .diagnostics = {},
            .files = {},
            .partial = {},
            .parsed = true};
}

std::vector<std::string>& list_for(config::Severity severity, Configuration& configuration) {
    switch (severity) {
    case config::Severity::error:
        return configuration.problems;
    case config::Severity::local_error:
        return configuration.faults;
    case config::Severity::warning:
        return configuration.warnings;
    }
    return configuration.problems;
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
    list.insert(list.end(), more.begin(), more.end());
}

void apply_overrides(const CommandLine& command_line, config::Settings& settings) {
    settings.log.target = command_line.log_target.value_or(settings.log.target);
    settings.listen.socket = command_line.socket.value_or(settings.listen.socket);
}

} // namespace

Configuration read_configuration(const CommandLine& command_line, const runtime::KnownHosts& known) {
    Configuration configuration;
    auto loaded = load_settings(command_line, configuration.source);
    for (const auto& diagnostic : loaded.diagnostics) {
        list_for(diagnostic.severity, configuration).push_back(config::print(diagnostic));
    }
    if (!loaded.settings) {
        return configuration;
    }
    apply_overrides(command_line, *loaded.settings);
    auto built = runtime::build_runtime(std::move(*loaded.settings), runtime::host_name(), known);
    append(configuration.problems, built.problems);
    append(configuration.faults, built.faults);
    append(configuration.warnings, built.warnings);
    if (configuration.problems.empty()) {
        configuration.runtime = std::move(built.runtime);
    }
    return configuration;
}

} // namespace milter::daemon
