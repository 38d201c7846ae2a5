// paraph check-config: everything that is wrong with a configuration, at once.

#include "base/ascii.h"
#include "config/load.h"
#include "keys/key_store.h"
#include "milter/runtime.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace tool {

namespace {

using config::Diagnostic;
using config::Severity;

struct CheckConfigOptions {
    std::string file = default_config_file;
    std::string user;
    bool json = false;
};

constexpr const char* daemon_user = "paraph";

// Root may read everything, which says nothing about the daemon. So when root asks, the daemon's user is
// meant.
std::string user_that_counts(const std::string& named) {
    const bool meant = named.empty() && geteuid() == 0 && getpwnam(daemon_user) != nullptr;
    return meant ? daemon_user : named;
}

struct Report {
    std::vector<Diagnostic> diagnostics;
    std::size_t files = 0, domains = 0, keys = 0;

    [[nodiscard]] std::size_t count(Severity severity) const {
        return static_cast<std::size_t>(
            std::count_if(diagnostics.begin(), diagnostics.end(),
                          [severity](const Diagnostic& one) { return one.severity == severity; }));
    }
    [[nodiscard]] std::size_t errors() const { return count(Severity::error) + count(Severity::local_error); }
    // Whether the daemon would work with it.
    [[nodiscard]] bool starts() const { return count(Severity::error) == 0; }
};

Severity severity_of(const keys::Problem& problem) {
    switch (problem.severity) {
    case keys::Severity::error:
        return Severity::error;
    case keys::Severity::signer:
        return Severity::local_error;
    case keys::Severity::warning:
        return Severity::warning;
    }
    return Severity::error;
}

// What only building the daemon's state shows: key files, tables, the public suffix list.
void check_runtime(const config::Settings& settings, const CheckConfigOptions& options, Report& report) {
    auto key_options = milter::key_options(settings);
    key_options.user = user_that_counts(options.user);
    key_options.read_keys = true;
    for (const auto& problem : keys::KeyStore::load(key_options).problems) {
        report.diagnostics.push_back(
            {severity_of(problem), problem.file, problem.line, 0, problem.message, {}});
    }
    if (const auto checks = make_checks(settings); !checks) {
        report.diagnostics.push_back({Severity::error, options.file, 0, 0, checks.error().message, {}});
    }
    report.domains = settings.domains.size();
    for (const auto& [domain, entry] : settings.domains) {
        report.keys += entry.keys.size();
    }
}

Report examine(const CheckConfigOptions& options) {
    config::Loaded loaded = config::load_file(options.file);
    Report report{std::move(loaded.diagnostics), loaded.files.size(), 0, 0};
    if (loaded.settings) {
        check_runtime(*loaded.settings, options, report);
    }
    return report;
}

void print_words(const Report& report, std::ostream& out) {
    constexpr std::size_t max_line = 4096;
    for (const Diagnostic& diagnostic : report.diagnostics) {
        fmt::print(out, "{}\n", base::printable(config::print(diagnostic), max_line));
    }
    fmt::print(out, "checked {} files, {} domains, {} keys: {} errors, {} warnings\n", report.files,
               report.domains, report.keys, report.errors(), report.count(Severity::warning));
    if (report.errors() > 0) {
        fmt::print(out, "{}\n",
                   report.starts() ? "The daemon would start: each error stops only the mail that it names."
                                   : "The daemon would not start, and a running one would keep its old "
                                     "configuration.");
    }
}

void print_json(const Report& report, std::ostream& out) {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const Diagnostic& one : report.diagnostics) {
        list.push_back({{"severity", one.severity == Severity::warning ? "warning" : "error"},
                        {"file", one.file},
                        {"line", one.line},
                        {"column", one.column},
                        {"stops_daemon", one.severity == Severity::error},
                        {"message", one.message},
                        {"hint", one.hint}});
    }
    const Json json{{"files", report.files},
                    {"domains", report.domains},
                    {"keys", report.keys},
                    {"errors", report.errors()},
                    {"warnings", report.count(Severity::warning)},
                    {"daemon_starts", report.starts()},
                    {"diagnostics", list}};
    out << json.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

Result<ExitCode> check_config(const CheckConfigOptions& options, Console& console) {
    const Report report = examine(options);
    if (options.json) {
        print_json(report, console.out);
    } else {
        print_words(report, console.out);
    }
    return report.errors() == 0 ? ExitCode::ok : ExitCode::config;
}

} // namespace

void add_check_config(CLI::App& app, Command& chosen) {
    auto options = std::make_shared<CheckConfigOptions>();
    CLI::App* sub =
        app.add_subcommand("check-config", "Report every error of a configuration and its key files");
    sub->footer("Example:\n  paraph check-config -c /etc/paraph/paraph.yaml");
    sub->add_option("-c,--config", options->file, "The configuration file")
        ->type_name("FILE")
        ->capture_default_str();
    sub->add_option("--user", options->user,
                    "Whose access to the key files counts (default: paraph, when root asks and there is one)")
        ->type_name("NAME");
    sub->add_flag("--json", options->json, "Print one JSON object");
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return check_config(*options, console); };
    });
}

} // namespace tool
