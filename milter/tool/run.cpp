#include "milter/tool/run.h"

#include "base/ascii.h"
#include "milter/command_line/app.h"
#include "milter/command_line/arguments.h"
#include "milter/command_line/unknown_argument.h"
#include "milter/tool/commands.h"
#include "milter/tool/completion.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <exception>

namespace milter::tool {

namespace {

void declare(CLI::App& top, command_line::App& app, Command& chosen) {
    app.require_subcommand(1);
    top.set_version_flag("--version", "paraph " PARAPH_VERSION "\nbuilt with " PARAPH_BUILT_WITH);
    app.footer(
        R"(Exit codes: 0 done, 1 a result of --fail-on or something not imported, 64 usage, 65 input not understood, 66 input not readable,
75 DNS or daemon: try again, 78 configuration or key. See paraph(1).)");
    add_verify(app, chosen);
    add_policy(app, chosen);
    add_sign(app, chosen);
    add_spf(app, chosen);
    add_dmarc(app, chosen);
    add_check_config(app, chosen);
    add_show_config(app, chosen);
    add_key(app, chosen);
    add_import(app, chosen);
    add_report(app, chosen);
    add_reload(app, chosen);
    add_probe(app, chosen);
}

// Errors name their cause line by line; each line is escaped on its own, because it may quote a message or a
// file.
void print_failure(const Failure& failure, Console& console) {
    constexpr std::size_t max_line = 4096;
    for (const std::string_view line : base::split(failure.message, '\n')) {
        fmt::print(console.err, "paraph: {}\n", base::one_line(line, max_line));
    }
}

ExitCode finish(const Result<ExitCode>& done, Console& console) {
    if (!done) {
        print_failure(done.error(), console);
        return done.error().code;
    }
    console.out.flush();
    if (!console.out) {
        print_failure({ExitCode::cannot_write, "writing to standard output failed"}, console);
        return ExitCode::cannot_write;
    }
    return *done;
}

// Those of the subcommand that has subcommands itself when the command line got that far.
CLI::App& innermost(CLI::App& app) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() || chosen.front()->get_require_subcommand_min() == 0 ? app : *chosen.front();
}

void list_subcommands(const CLI::App& app, std::ostream& err) {
    const std::string above = app.get_parent() == nullptr ? "" : app.get_parent()->get_name() + " ";
    fmt::print(err, "Subcommands of {}{}:\n", above, app.get_name());
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        fmt::print(err, "  {:<14}{}\n", sub->get_name(), sub->get_description());
    }
}

// "help key show" is "key show --help", "key help" is "key --help".
std::vector<std::string> with_help(std::vector<std::string> arguments) {
    const bool first = !arguments.empty() && arguments.front() == "help";
    const bool second = arguments.size() == 2 &&
                        (arguments[0] == "key" || arguments[0] == "policy" || arguments[0] == "report") &&
                        arguments[1] == "help";
    if (first || second) {
        arguments.erase(first ? arguments.begin() : arguments.begin() + 1);
        arguments.emplace_back("--help");
    }
    return arguments;
}

// --help and --version come here as well.
ExitCode refuse_arguments(CLI::App& app, const CLI::ParseError& error,
                          const std::vector<std::string>& arguments, Console& console) {
    const auto unknown = command_line::unknown_argument(app, arguments);
    if (error.get_exit_code() == 0 && unknown.empty()) {
        app.exit(error, console.out, console.err);
        return ExitCode::ok;
    }
    CLI::App& meant = innermost(app);
    if (unknown.empty() && meant.get_require_subcommand_min() > 0 && meant.get_subcommands().empty()) {
        print_failure({ExitCode::usage, "a subcommand is missing"}, console);
        list_subcommands(meant, console.err);
    } else {
        print_failure({ExitCode::usage,
                       command_line::without_keys(unknown.empty() ? error.what() : unknown, arguments)},
                      console);
    }
    fmt::print(console.err, "Run with --help for more information.\n");
    return ExitCode::usage;
}

// Asked by the completion of a shell, with all words up to the cursor: no subcommand of people, and nothing
// is parsed.
bool is_completion(const std::vector<std::string>& arguments) {
    return arguments.size() >= 2 && arguments[0] == "complete" && arguments[1] == "--";
}

ExitCode complete(const CLI::App& app, const std::vector<std::string>& arguments, Console& console) {
    for (const std::string& word : completions(app, {arguments.begin() + 2, arguments.end()})) {
        fmt::print(console.out, "{}\n", word);
    }
    return ExitCode::ok;
}

} // namespace

ExitCode run(const std::vector<std::string>& words, Console& console) {
    const auto arguments = with_help(words);
    if (const std::string problem = command_line::key_among(arguments); !problem.empty()) {
        print_failure({ExitCode::usage, problem}, console);
        return ExitCode::usage;
    }
    Command chosen;
    CLI::App app("Checks, explains and signs mail as paraphd does.", "paraph");
    command_line::App declared(app);
    try {
        declare(app, declared, chosen);
        if (is_completion(arguments)) {
            return complete(app, arguments, console);
        }
        std::vector<std::string> reversed(arguments.rbegin(),
                                          arguments.rend()); // CLI11 takes them from the back
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        return refuse_arguments(app, error, arguments, console);
    }
    try {
        return finish(chosen(console), console);
    } catch (const std::exception& error) { // bad_alloc, and what third parties may throw
        print_failure({ExitCode::internal, error.what()}, console);
        return ExitCode::internal;
    }
}

} // namespace milter::tool
