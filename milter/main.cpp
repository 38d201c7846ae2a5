// paraphd: the command line.
#include "base/ascii.h"
#include "base/socket_name.h"
#include "config/choices.h"
#include "config/text_checks.h"
#include "milter/command_line/arguments.h"
#include "milter/command_line/unknown_argument.h"
#include "milter/daemon/startup.h"

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

base::SocketName socket_of(const std::string& text) {
    auto socket = config::read_socket(text); // what the setting takes
    if (!socket) {
        throw CLI::ValidationError("--socket", socket.error().reason);
    }
    return std::move(*socket);
}

// The command line admits these two words only.
config::LogTarget log_target_of(const std::string& text) {
    return text == config::word_of(config::log_target_choices, config::LogTarget::syslog)
               ? config::LogTarget::syslog
               : config::LogTarget::stderr_stream;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
        if (const auto problem = milter::command_line::key_among(arguments); !problem.empty()) {
            std::fprintf(stderr, "paraphd: %s\n", problem.c_str());
            return EX_USAGE;
        }
        CLI::App app(
            "paraphd: verifies SPF, DKIM and DMARC of inbound mail and signs outbound mail, as a milter.\n"
            "Stays in the foreground. SIGTERM stops it, SIGUSR1 makes it read its configuration again, "
            "SIGUSR2 has its counters written to the log.");
        milter::daemon::CommandLine command_line;
        app.add_option(
            "-c,--config", command_line.config,
            "configuration file (default: /etc/paraph/paraph.yaml if it exists, else built-in defaults)");
        app.add_option_function<std::string>(
            "--socket", [&](const std::string& text) { command_line.socket = socket_of(text); },
            "listen here instead of listen.socket");
        app.add_option_function<std::string>(
               "--log", [&](const std::string& text) { command_line.log_target = log_target_of(text); },
               "syslog or stderr, instead of log.target")
            ->check(CLI::IsMember({"syslog", "stderr"}));
        app.add_flag(
            "--settings-from-environment", command_line.settings_from_environment,
            "for containers: variables such as PARAPH_DNS__TIMEOUT=2s (dns.timeout) count before the "
            "configuration file");
        app.set_version_flag("--version", "paraphd " PARAPH_VERSION "\nbuilt with " PARAPH_BUILT_WITH);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            if (error.get_exit_code() == 0) { // --help and --version end here as well
                return app.exit(error);
            }
            const auto unknown = milter::command_line::unknown_argument(app, arguments);
            std::fprintf(stderr, "paraphd: %s\nRun with --help for more information.\n",
                         base::one_line(milter::command_line::without_keys(
                                            unknown.empty() ? error.what() : unknown, arguments))
                             .c_str());
            return EX_USAGE;
        }
        return milter::daemon::run(command_line);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "paraphd: %s\n", error.what());
        return EX_SOFTWARE;
    }
}
