// paraph reload: has the running daemon read its configuration again, and tells what came of it.

#include "base/ascii.h"
#include "milter/command_line/app.h"
#include "milter/listener/control.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/reload_answer.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <chrono>
#include <memory>
#include <utility>

namespace milter::tool {

namespace {

struct ReloadOptions {
    std::string file;   // empty: the default one, if it is there
    std::string socket; // empty: the one of the configuration
    bool quiet = false;
};

// Also of a configuration with errors: they are what the daemon is asked about.
std::string control_of(const ReloadOptions& options, Console& console) {
    if (!options.socket.empty()) {
        return options.socket;
    }
    const auto loaded = read_configuration(options.file, console);
    const auto& settings = loaded.settings ? loaded.settings : loaded.partial;
    return settings ? settings->listen.control : config::default_settings().listen.control;
}

void print(const ReloadAnswer& answer, const ReloadOptions& options, std::ostream& out) {
    constexpr std::size_t max_line = 4096;
    for (const auto& problem : answer.problems) {
        fmt::print(out, "{}\n", base::one_line(problem, max_line));
    }
    for (const auto& warning : answer.warnings) {
        if (!options.quiet) {
            fmt::print(out, "{}\n", base::one_line(warning, max_line));
        }
    }
    if (!answer.taken) {
        fmt::print(out, "The daemon refuses {} and keeps its old configuration.\n", answer.source);
    } else if (answer.faulty) {
        fmt::print(out, "The daemon has reloaded {}: each error affects only what it names.\n",
                   answer.source);
    } else if (!options.quiet) {
        fmt::print(out, "The daemon has reloaded {}.\n", answer.source);
    }
}

Result<ExitCode> reload(const ReloadOptions& options, Console& console) {
    constexpr std::chrono::minutes patience{5};
    const std::string path = control_of(options, console);
    if (path.empty()) {
        return fail(ExitCode::unavailable,
                    "listen.control is empty: such a daemon is told by signal, kill -USR1 PID");
    }
    const auto lines = listener::ask_daemon(path, listener::reload_request, patience);
    if (!lines) {
        return fail(ExitCode::unavailable, lines.error());
    }
    const ReloadAnswer answer = read_reload_answer(*lines);
    if (answer.source.empty()) {
        return fail(ExitCode::unavailable,
                    fmt::format("{}: the daemon gave no answer; its log says what it did", path));
    }
    print(answer, options, console.out);
    return answer.taken ? ExitCode::ok : ExitCode::config;
}

} // namespace

void add_reload(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<ReloadOptions>();
    command_line::App* sub =
        app.add_subcommand("reload", "Have the running daemon read its configuration again");
    sub->footer("Examples:\n  paraph reload\n  paraph reload --quiet");
    sub->add_option("-c,--config", options->file,
                    "The configuration file that says where the daemon is reached (default: "
                    "/etc/paraph/paraph.yaml if it exists)")
        ->type_name("FILE");
    sub->add_option("--control", options->socket, "Where the daemon is reached, instead of listen.control")
        ->type_name("PATH");
    sub->add_flag("--quiet", options->quiet, "Print errors only");
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return reload(*options, console); }; });
}

} // namespace milter::tool
