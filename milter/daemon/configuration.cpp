#include "milter/daemon/configuration.h"

#include "config/load.h"

#include <unistd.h>

namespace milter::daemon {

namespace {

constexpr const char* system_file = "/etc/paraph/paraph.yaml";

config::Loaded load_settings(const CommandLine& command_line, std::string& source) {
    if (!command_line.config.empty()) {
        source = command_line.config;
        return config::load_file(source);
    }
    if (access(system_file, F_OK) == 0) {
        source = system_file;
        return config::load_file(source);
    }
    source = "built-in defaults";
    return {.settings = config::default_settings(), .origins = {}, .diagnostics = {}, .files = {}};
}

void apply_overrides(const CommandLine& command_line, config::Settings& settings) {
    if (!command_line.log_target.empty()) {
        settings.log.target = command_line.log_target;
    }
    if (!command_line.socket.empty()) {
        settings.listen.socket = command_line.socket;
    }
}

} // namespace

Configuration read_configuration(const CommandLine& command_line) {
    Configuration configuration;
    auto loaded = load_settings(command_line, configuration.source);
    for (const auto& diagnostic : loaded.diagnostics) {
        auto& list =
            diagnostic.severity == config::Severity::error ? configuration.problems : configuration.warnings;
        list.push_back(config::print(diagnostic));
    }
    if (!loaded.settings) {
        return configuration;
    }
    apply_overrides(command_line, *loaded.settings);
    auto built = build_runtime(std::move(*loaded.settings), host_name());
    configuration.problems.insert(configuration.problems.end(), built.problems.begin(), built.problems.end());
    configuration.warnings.insert(configuration.warnings.end(), built.warnings.begin(), built.warnings.end());
    if (configuration.problems.empty()) {
        configuration.runtime = std::move(built.runtime);
    }
    return configuration;
}

} // namespace milter::daemon
