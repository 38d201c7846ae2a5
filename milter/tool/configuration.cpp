#include "milter/tool/configuration.h"

#include "authres/format.h"
#include "base/ascii.h"
#include "base/secret_text.h"
#include "milter/command_line/app.h"
#include "milter/runtime/runtime.h"
#include "milter/tool/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace milter::tool {

void add_config_option(command_line::App& sub, std::string& path) {
    sub.add_option("-c,--config", path,
                   "The configuration file (default: /etc/paraph/paraph.yaml if there is one)")
        ->type_name("FILE");
}

config::Loaded read_configuration(const std::string& path, Console& console) {
    if (path == "-") {
        const auto text = read_input(path, console);
        const std::string name = "standard input";
        if (text) {
            return config::load_text(*text, name);
        }
        config::Loaded unread;
        unread.diagnostics.push_back({config::Severity::error, name, 0, 0, text.error().message, {}});
        return unread;
    }
    if (path.empty() && access(default_config_file, F_OK) != 0 && errno == ENOENT) {
        config::Loaded defaults;
        defaults.settings = config::default_settings();
        return defaults;
    }
    return config::load_file(path.empty() ? default_config_file : path);
}

Result<config::Settings> load_settings(const std::string& path) {
    if (path.empty()) {
        return config::default_settings();
    }
    auto loaded = config::load_file(path);
    if (loaded.settings) {
        return std::move(*loaded.settings);
    }
    std::string message = fmt::format("{}: the configuration cannot be used", path);
    for (const auto& diagnostic : loaded.diagnostics) {
        message += '\n' + config::print(diagnostic);
    }
    return fail(ExitCode::config, std::move(message));
}

Result<config::Loaded> usable_configuration(const std::string& path, Console& console) {
    auto loaded = read_configuration(path, console);
    if (loaded.settings) {
        return loaded;
    }
    std::string message = "the configuration cannot be used";
    for (const auto& diagnostic : loaded.diagnostics) {
        message += '\n' + config::print(diagnostic);
    }
    return fail(ExitCode::config, std::move(message));
}

Result<config::Settings> usable_settings(const std::string& path, Console& console) {
    auto loaded = usable_configuration(path, console);
    if (!loaded) {
        return tl::make_unexpected(loaded.error());
    }
    return std::move(*loaded->settings);
}

Result<Checks> make_checks(const config::Settings& settings) {
    auto public_suffixes = runtime::load_public_suffixes(settings.dmarc);
    if (!public_suffixes) {
        return fail(ExitCode::config, public_suffixes.error());
    }
    Checks checks{runtime::check_options(settings), std::move(*public_suffixes)};
    checks.options.dmarc_options.public_suffixes = checks.public_suffixes.get();
    checks.options.receiver = runtime::host_name();
    return checks;
}

Result<std::string> authserv_id(const std::string& given, const config::Settings& settings) {
    std::string id = given.empty() ? settings.authserv_id : given;
    if (id.empty() || id == "HOSTNAME") {
        id = runtime::host_name();
    }
    if (!authres::is_authserv_id(id)) {
        return fail(ExitCode::usage, fmt::format("{} cannot be used as authserv-id", base::quoted(id)));
    }
    return id;
}

} // namespace milter::tool
