#include "milter/daemon/configuration.h"

#include "config/environment.h"
#include "config/load.h"
#include "config/load_source.h"
#include "milter/daemon/file_state.h"

#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace milter::daemon {

namespace {

constexpr const char* system_file = "/etc/paraph/paraph.yaml";

bool has_file(const CommandLine& command_line) {
    // One that cannot be looked at is no missing one.
    return !command_line.config.empty() || access(system_file, F_OK) == 0 || errno != ENOENT;
}

config::Loaded built_in() {
    return {.settings = config::default_settings(),
            .origins = {},
            .diagnostics = {},
            .files = {},
            .patterns = {},
            .partial = {},
            .parsed = true};
}

// With the environment; without a file, `file` is the one that there could be.
config::Loaded load_with(const CommandLine& command_line, std::string_view text, const std::string& file) {
    return command_line.settings_from_environment
               ? config::load_file_as(text, file, config::variables_of(environ))
               : config::load_file_as(text, file);
}

config::Loaded built_in(const CommandLine& command_line) {
    if (!command_line.settings_from_environment) {
        return built_in();
    }
    auto loaded = load_with(command_line, "", system_file);
    loaded.files = {};
    return loaded;
}

config::Loaded load_settings(const CommandLine& command_line, const std::string& file,
                             std::string& main_text) {
    auto text = config::read_source(file);
    if (!text) {
        return config::load_file(file); // which says why it cannot be read
    }
    main_text = std::move(*text);
    return load_with(command_line, main_text, file);
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

void give_memory_back() {
#ifdef __GLIBC__
    static_cast<void>(::malloc_trim(0));
#endif
}

void report(log::Logger& logger, const Configuration& configuration) {
    using log::Event;
    for (const auto& problem : configuration.problems) {
        logger.write(Event::configuration_problem, problem);
    }
    for (const auto& fault : configuration.faults) {
        logger.write(Event::key_unusable, fault);
    }
    for (const auto& warning : configuration.warnings) {
        logger.write(Event::configuration_warning, warning);
    }
}

Configuration read_configuration(const CommandLine& command_line, const runtime::KnownHosts& known,
                                 const runtime::Runtime* before, const std::string* main_text) {
    Configuration configuration;
    configuration.begun = time_now();
    auto& files = configuration.files;
    const bool from_file = has_file(command_line);
    configuration.source = !from_file                    ? built_in_defaults
                           : command_line.config.empty() ? system_file
                                                         : command_line.config;
    files.main_text = main_text != nullptr ? *main_text : "";
    auto loaded = !from_file             ? built_in(command_line)
                  : main_text != nullptr ? load_with(command_line, files.main_text, configuration.source)
                                         : load_settings(command_line, configuration.source, files.main_text);
    for (const auto& diagnostic : loaded.diagnostics) {
        list_for(diagnostic.severity, configuration).push_back(config::print(diagnostic));
    }
    if (!loaded.settings) {
        return configuration;
    }
    if (loaded.settings->reload.watch.count() == 0) {
        files.main_text = {};
    }
    files.read = std::move(loaded.files);
    files.patterns = std::move(loaded.patterns);
    apply_overrides(command_line, *loaded.settings);
    auto built = runtime::build_runtime(std::move(*loaded.settings), runtime::host_name(), known, before);
    append(configuration.problems, built.problems);
    append(configuration.faults, built.faults);
    append(configuration.warnings, built.warnings);
    if (configuration.problems.empty()) {
        configuration.runtime = std::move(built.runtime);
    }
    return configuration;
}

} // namespace milter::daemon
