// paraph check-config: everything that is wrong with a configuration, at once.

#include "base/ascii.h"
#include "base/host_list.h"
#include "config/load.h"
#include "config/load_source.h"
#include "keys/file_safety.h"
#include "keys/key_file.h"
#include "keys/key_store.h"
#include "keys/sender_table.h"
#include "keys/table_file.h"
#include "milter/command_line/app.h"
#include "milter/runtime/relay_rules.h"
#include "milter/runtime/runtime.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/counted.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/postfix_check.h"
#include "milter/tool/report_mail_check.h"
#include "milter/tool/report_store_check.h"
#include "milter/tool/rotation/means.h"
#include "milter/tool/startup_check.h"
#include "milter/tool/suffix_check.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

using config::Diagnostic;
using config::Severity;

struct CheckConfigOptions {
    std::string file; // empty: the default one, if it is there
    std::string user;
    bool json = false;
    bool quiet = false;
    bool reload = false;
    bool postfix = false;
};

// Root can read everything, which says nothing about the daemon. So for root the access of the daemon's user
// is checked.
std::string user_that_counts(const std::string& named) {
    const bool meant = named.empty() && geteuid() == 0 && getpwnam(daemon_user) != nullptr;
    return meant ? daemon_user : named;
}

std::string name_of(const CheckConfigOptions& options) {
    return options.file.empty() ? default_config_file : options.file == "-" ? "standard input" : options.file;
}

// A file that only its owner can read may be a draft: this matters only if the daemon is going to use it. The
// daemon's own file is never a draft, by whatever path it is named.
bool daemon_reads(const CheckConfigOptions& options) {
    return options.reload || !options.user.empty() || options.file.empty() ||
           config::same_file(options.file, default_config_file);
}

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

struct Report {
    std::vector<Diagnostic> diagnostics;
    bool refused = false; // also by a daemon that runs, which has its socket
    bool complete = true; // false: there may be keys and tables of which nothing could be read
    std::size_t files = 0, domains = 0, keys = 0, key_rows = 0, signing_rows = 0;

    [[nodiscard]] std::size_t count(Severity severity) const {
        return static_cast<std::size_t>(
            std::count_if(diagnostics.begin(), diagnostics.end(),
                          [severity](const Diagnostic& one) { return one.severity == severity; }));
    }
    [[nodiscard]] std::size_t errors() const { return count(Severity::error) + count(Severity::local_error); }
    // Whether the daemon would work with it.
    [[nodiscard]] bool starts() const { return count(Severity::error) == 0; }

    void add(std::vector<Diagnostic> more) {
        std::move(more.begin(), more.end(), std::back_inserter(diagnostics));
    }

    void add_problems(const std::vector<keys::Problem>& problems) {
        for (const auto& problem : problems) {
            diagnostics.push_back({severity_of(problem), problem.file, problem.line, 0, problem.message, {}});
        }
    }
    [[nodiscard]] bool has(const keys::Problem& problem) const {
        return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& one) {
            return one.file == problem.file && one.line == problem.line && one.message == problem.message;
        });
    }
};

// While its address is not known, nothing tells such a relay from the hosts whose mail is signed.
void warn_of_internal_relays(const config::Settings& settings, const runtime::KnownHosts& known,
                             Report& report) {
    for (const config::RelayEntry& relay : settings.relays.hosts) {
        for (const std::string& name : relay.addresses) {
            const auto found = known.find(name);
            if (found == known.end()) {
                continue; // an address, or a name without any
            }
            const auto internal = std::ranges::find_if(found->second, [&](const base::IpAddress& address) {
                return base::find_host(settings.roles.internal_hosts, "", address) != nullptr;
            });
            if (internal != found->second.end()) {
                report.diagnostics.push_back(
                    {Severity::warning, relay.named_in, relay.line, 0,
                     fmt::format("the relay '{}' is {}, in 'roles.internal_hosts' as well: while its name "
                                 "cannot be looked up, the mail of strangers that it brings is signed",
                                 name, internal->print()),
                     "take it out of 'roles.internal_hosts'"});
            }
        }
    }
}

// The daemon works without a relay that is not known, but not as it is told to.
void check_relays(const config::Settings& settings, Report& report) {
    const auto relays = runtime::relay_rules(settings.relays, runtime::look_up_host, {});
    for (const auto& unknown : relays.unknown) {
        report.diagnostics.push_back({Severity::local_error, unknown.file, unknown.line, 0,
                                      unknown.problem + "; until it is found no mail is refused, only marked",
                                      "addresses need no name server"});
    }
    warn_of_internal_relays(settings, relays.hosts, report);
}

// Whoever may submit mail at all has the keys of all these domains.
void warn_of_open_senders(const config::Settings& settings, std::size_t domains, const std::string& name,
                          Report& report) {
    constexpr std::size_t many = 10; // hardly all of one owner
    if (domains >= many && settings.roles.sign && settings.senders.table.empty()) {
        report.diagnostics.push_back(
            {Severity::warning, name, 0, 0,
             fmt::format("'senders.table' is not set: everybody who may submit mail has it signed for every "
                         "domain with a key ({} domains and rows)",
                         domains),
             "say who may write which From, or name 'used_by' for each domain"});
    }
}

// Domains with keys that are for nobody in particular.
std::size_t open_domains(const config::Settings& settings) {
    const auto is_open = [](const config::DomainEntry& entry) {
        return !entry.signing ||
               (entry.signing->used_by.logins.empty() && entry.signing->used_by.clients.empty());
    };
    return static_cast<std::size_t>(std::count_if(settings.domains.begin(), settings.domains.end(),
                                                  [&](const auto& one) { return is_open(one.second); }));
}

// The daemon does not start with an error in a file.
void check_senders(const config::Settings& settings, const std::string& user, Report& report) {
    if (settings.senders.table.empty()) {
        return;
    }
    ++report.files;
    const auto loaded = runtime::load_senders(settings, user, nullptr, nullptr);
    const auto* file = dynamic_cast<const keys::SenderTable*>(loaded.table.get());
    // What is wrong with a source of several tables is told once.
    if (file != nullptr || loaded.problems.empty() || !report.has(loaded.problems.front())) {
        report.add_problems(loaded.problems);
    }
    if (file != nullptr && !file->has_networks()) {
        report.diagnostics.push_back({Severity::warning, settings.senders.table, 0, 0,
                                      "no row is for a network: mail without a login, such as that of "
                                      "programs on this host, is not signed",
                                      "add a row for 127.0.0.0/8 and ::1 with what they may write in From"});
    }
}

// A password is as good as the keys that the database holds.
void check_password_files(const config::Settings& settings, const std::string& user, Report& report) {
    const auto reader = user.empty() ? base::Result<keys::Reader, std::string>(keys::Reader::self())
                                     : keys::Reader::of_user(user);
    if (!reader) {
        return; // the key store tells
    }
    keys::KeyFileCheck files(*reader);
    for (const auto& [name, source] : settings.sources) {
        if (source.password_file.empty()) {
            continue;
        }
        const auto found = files.examine(source.password_file);
        if (const auto& what = found.problem.empty() ? found.danger : found.problem; !what.empty()) {
            report.diagnostics.push_back({Severity::warning,
                                          source.named_in,
                                          source.line,
                                          0,
                                          fmt::format("'sources.{}.password_file': {}", name, what),
                                          {}});
        }
    }
}

// A reload does not wait until every key of a large site is parsed, as the daemon does not.
void check_keys(const config::Settings& settings, const std::string& user, const CheckConfigOptions& options,
                Report& report) {
    auto key_options = runtime::key_options(settings);
    key_options.user = user;
    key_options.read_keys = !options.reload;
    key_options.read_few = runtime::keys_read_at_start;
    const auto loaded = keys::KeyStore::load(std::move(key_options));
    report.add_problems(loaded.problems);
    report.domains = settings.domains.size();
    report.keys += settings.default_keys.entry.keys.size();
    for (const auto& [domain, entry] : settings.domains) {
        report.keys += entry.keys.size();
    }
    warn_of_open_senders(settings, open_domains(settings) + loaded.listed_domains + loaded.signing_rows,
                         name_of(options), report);
    check_senders(settings, user, report);
    check_password_files(settings, user, report);
    report.add(check_report_mail(settings, *loaded.store, name_of(options), user));
    report.key_rows = loaded.key_rows;
    report.signing_rows = loaded.signing_rows;
    report.files += settings.default_keys.given && !settings.default_keys.domain_table.empty() ? 1U : 0U;
    report.files +=
        (settings.signing.key_table.empty() ? 0U : 1U) + (settings.signing.signing_table.empty() ? 0U : 1U);
}

// What only building the daemon's state shows: key files, tables, the public suffix list.
void check_runtime(const config::Settings& settings, const CheckConfigOptions& options, Report& report) {
    check_keys(settings, user_that_counts(options.user), options, report);
    check_relays(settings, report);
    report.add(check_suffixes(settings, name_of(options)));
    if (geteuid() == 0) { // who runs key rotate
        report.add(rotation::missing_means(settings, name_of(options)));
    }
    if (const auto checks = make_checks(settings); !checks) {
        report.diagnostics.push_back({Severity::error, name_of(options), 0, 0, checks.error().message, {}});
    }
}

bool has_error(const config::Loaded& loaded, std::string_view words) {
    return std::ranges::any_of(loaded.diagnostics, [words](const Diagnostic& one) {
        return one.severity == Severity::error && one.message.find(words) != std::string::npos;
    });
}

// Whether a setting or its section was refused: what the settings have is what was refused, or the default.
bool is_refused(const config::Loaded& loaded, std::string_view path) {
    return has_error(loaded, fmt::format("'{}'", path)) ||
           has_error(loaded, fmt::format("'{}'", path.substr(0, path.find('.'))));
}

bool knows_socket(const config::Loaded& loaded) {
    const bool misspelt =
        !loaded.origins.contains("listen.socket") && has_error(loaded, "unknown setting 'listen.");
    return !misspelt && !is_refused(loaded, "listen.socket");
}

// Of settings with errors, what can be checked without telling of them once more, or of what nobody set:
// whole entries, and tables that belong together.
config::Settings checkable(const config::Loaded& loaded) {
    auto settings = *loaded.partial;
    for (auto& [domain, entry] : settings.domains) {
        std::erase_if(entry.keys, [](const auto& key) { return key.selector.empty() || key.file.empty(); });
    }
    std::erase_if(settings.default_keys.entry.keys,
                  [](const auto& key) { return key.selector.empty() || key.file.empty(); });
    if (is_refused(loaded, "senders.table")) {
        settings.senders.table.clear();
    }
    if (is_refused(loaded, "default.domain_table")) {
        settings.default_keys.domain_table.clear();
    }
    settings.signing.require_safe_keys &= !is_refused(loaded, "signing.require_safe_keys");
    if (settings.signing.key_table.empty() || settings.signing.signing_table.empty() ||
        is_refused(loaded, "signing.key_table") || is_refused(loaded, "signing.signing_table")) {
        settings.signing.key_table.clear();
        settings.signing.signing_table.clear();
    }
    return settings;
}

// How the daemon is to be reached, as far as it is known.
Result<void> check_connections(const config::Settings& settings, const config::Loaded& loaded,
                               const CheckConfigOptions& options, Report& report) {
    const bool known = knows_socket(loaded);
    if (!options.reload && known) { // a daemon that reloads has its socket
        report.add(check_listening(settings, loaded, name_of(options), user_that_counts(options.user)));
    }
    if (!options.reload && loaded.settings) { // nor does a reload depend on a database that is away
        report.add(check_report_store(settings, loaded, name_of(options), user_that_counts(options.user)));
    }
    if (!options.postfix) {
        return {};
    }
    if (!known) {
        report.add({{Severity::warning, "main.cf", 0, 0, "not checked: the socket is not known",
                     "put 'listen.socket' right first"}});
        return {};
    }
    auto found = check_postfix(settings);
    if (!found) {
        return tl::make_unexpected(found.error());
    }
    report.add(std::move(*found));
    return {};
}

// What the daemon reads beside keys and tables.
std::vector<std::string> files_to_read(const config::Loaded& loaded) {
    std::vector<std::string> files = loaded.files;
    if (!loaded.settings) {
        return files;
    }
    const auto& settings = *loaded.settings;
    if (!settings.dmarc.public_suffix_list.empty()) {
        files.push_back(settings.dmarc.public_suffix_list);
    }
    for (const auto& table : {settings.senders.table, settings.default_keys.domain_table}) {
        if (const auto name = keys::parse_table_name(table); name && !name->path.empty()) {
            files.push_back(name->path);
        }
    }
    return files;
}

Result<Report> examine(const CheckConfigOptions& options, Console& console) {
    config::Loaded loaded = read_configuration(options.file, console);
    Report report;
    report.diagnostics = loaded.diagnostics;
    report.files = loaded.files.size();
    if (options.file != "-" && daemon_reads(options)) {
        report.add(check_files(files_to_read(loaded), user_that_counts(options.user)));
    }
    if (loaded.settings) {
        check_runtime(*loaded.settings, options, report);
    }
    report.complete = loaded.parsed;
    if (loaded.partial) {
        check_keys(checkable(loaded), user_that_counts(options.user), options, report);
    }
    report.refused = !report.starts();
    const auto& settings = loaded.settings ? loaded.settings : loaded.partial;
    if (settings && loaded.parsed) {
        if (auto done = check_connections(*settings, loaded, options, report); !done) {
            return tl::make_unexpected(done.error());
        }
    }
    return report;
}

std::string checked(const Report& report) {
    auto text = fmt::format("checked {}, {}, {}", counted(report.files, "file"),
                            counted(report.domains, "domain"), counted(report.keys, "key"));
    if (report.key_rows + report.signing_rows > 0) {
        text += fmt::format(", {} of the key table, {} of the signing table", counted(report.key_rows, "row"),
                            counted(report.signing_rows, "row"));
    }
    return text;
}

const char* consequence(const Report& report, bool reload) {
    if (report.starts()) {
        return reload ? "The daemon accepts it: each error affects only what it names."
                      : "The daemon would start: each error affects only what it names.";
    }
    if (reload) {
        return "The daemon refuses it and keeps its old configuration.";
    }
    return report.refused ? "The daemon would not start, and a running one would keep its old configuration."
                          : "The daemon would not start.";
}

void print_words(const Report& report, const CheckConfigOptions& options, std::ostream& out) {
    constexpr std::size_t max_line = 4096;
    for (const Diagnostic& diagnostic : report.diagnostics) {
        if (!options.quiet || diagnostic.severity != Severity::warning) {
            fmt::print(out, "{}\n", base::one_line(config::print(diagnostic), max_line));
        }
    }
    if (!report.complete) {
        fmt::print(out, "Keys and tables are not checked while the file that names them cannot be read.\n");
    }
    if (!options.quiet && report.files == 0) {
        fmt::print(out, "there is no {}; the built-in defaults apply\n", default_config_file);
    }
    if (!options.quiet) {
        fmt::print(out, "{}: {}, {}\n", checked(report), counted(report.errors(), "error"),
                   counted(report.count(Severity::warning), "warning"));
    }
    if (report.errors() > 0) {
        fmt::print(out, "{}\n", consequence(report, options.reload));
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
                    {"key_table_rows", report.key_rows},
                    {"signing_table_rows", report.signing_rows},
                    {"errors", report.errors()},
                    {"warnings", report.count(Severity::warning)},
                    {"daemon_starts", report.starts()},
                    {"complete", report.complete},
                    {"diagnostics", list}};
    out << json.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

Result<ExitCode> check_config(const CheckConfigOptions& options, Console& console) {
    const auto report = examine(options, console);
    if (!report) {
        return tl::make_unexpected(report.error());
    }
    if (options.json) {
        print_json(*report, console.out);
    } else {
        print_words(*report, options, console.out);
    }
    const bool good = options.reload ? report->starts() : report->errors() == 0;
    return good ? ExitCode::ok : ExitCode::config;
}

} // namespace

void add_check_config(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<CheckConfigOptions>();
    command_line::App* sub =
        app.add_subcommand("check-config", "Report every error of a configuration and its key files");
    sub->footer("Examples:\n  paraph check-config\n  paraph check-config new.yaml\n"
                "  paraph check-config --postfix");
    sub->add_option(
           "-c,--config,file", options->file,
           "The configuration file, - for standard input (default: /etc/paraph/paraph.yaml if it exists)")
        ->type_name("FILE");
    sub->add_option("--user", options->user,
                    "Check access to files and socket as this user (default: for root, paraph if it exists)")
        ->type_name("NAME");
    sub->add_flag("--postfix", options->postfix,
                  "Also look for Postfix settings that let mail past the checks");
    sub->add_flag("--reload", options->reload,
                  "Check for a running daemon: fail only if it would refuse the configuration");
    sub->add_flag("--quiet", options->quiet, "Print errors only");
    sub->add_flag("--json", options->json, "Print one JSON object");
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return check_config(*options, console); };
    });
}

} // namespace milter::tool
