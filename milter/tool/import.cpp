// paraph import: what opendkim, opendmarc and policyd-spf are set to do, as a configuration of paraphd. Their
// files are read and never written.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/import/find_inputs.h"
#include "config/import/report.h"
#include "config/load.h"
#include "keys/generate.h"
#include "milter/command_line/app.h"
#include "milter/tool/commands.h"
#include "milter/tool/compare/compare.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import/carry_out.h"
#include "milter/tool/import_files.h"
#include "milter/tool/import_keys.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <system_error>

namespace milter::tool {

namespace {

namespace foreign = config::import;

struct ImportOptions {
    foreign::Wanted wanted;
    std::string out; // empty: nothing is written
    std::string root;
    bool copy_keys = false;
    bool apply = false;
    bool undo = false;
    bool force = false;
    bool compares = false;
    compare::Task compare;
};

constexpr const char* default_out = "/etc/paraph";

std::string absolute_directory(const std::string& path) {
    std::string text = std::filesystem::absolute(path).lexically_normal().string();
    while (text.size() > 1 && text.ends_with('/')) {
        text.pop_back();
    }
    return text;
}

// A missing table is the old configuration's own fault, and told as such.
std::vector<std::string> faults_of(const std::string& settings) {
    std::vector<std::string> faults;
    for (const auto& diagnostic : config::load_text(settings, "paraph.yaml").diagnostics) {
        if (diagnostic.severity != config::Severity::warning &&
            !diagnostic.message.ends_with("No such file or directory")) {
            faults.push_back(config::print(diagnostic));
        }
    }
    return faults;
}

// A file that sets nothing is the sample of the package.
Result<void> make_way(const std::string& main) {
    std::error_code error;
    if (!std::filesystem::exists(main, error)) {
        return {};
    }
    const auto loaded = config::load_file(main);
    if (!loaded.settings || !loaded.origins.empty()) {
        return fail(
            ExitCode::cannot_write,
            fmt::format("{} exists, and is not written over: name another directory with --out", main));
    }
    std::filesystem::rename(main, main + ".before-import", error);
    if (error) {
        return fail(ExitCode::cannot_write, fmt::format("{}: {}", main, error.message()));
    }
    return {};
}

Result<void> write_all(const foreign::Outcome& outcome, const ImportOptions& options, const HostFiles& files,
                       Console& console) {
    std::error_code error;
    std::filesystem::create_directories(options.out, error);
    const std::string main = options.out + "/paraph.yaml";
    if (auto made = make_way(main); !made) {
        return made;
    }
    if (auto copied = copy_keys(outcome.keys, files, console); !copied) {
        return copied;
    }
    std::vector<foreign::NewFile> all = outcome.files;
    all.push_back({main, outcome.settings, true});
    for (const auto& file : all) {
        if (const auto written = keys::write_new_file(file.path, file.text, {daemon_group(), false});
            !written) {
            return fail(ExitCode::cannot_write, written.error());
        }
    }
    return {};
}

void print_files(const foreign::Outcome& outcome, const ImportOptions& options, Console& console) {
    if (!options.out.empty()) {
        fmt::print(console.out, "\n{}/paraph.yaml is written", options.out);
        for (const auto& file : outcome.files) {
            fmt::print(console.out, ", {}", file.path);
        }
        fmt::print(console.out, ".\n");
        return;
    }
    fmt::print(console.out, "\nTHE CONFIGURATION (--out DIR writes it)\n{}", outcome.settings);
    for (const auto& file : outcome.files) {
        fmt::print(console.out, "# beside it: {}{}\n", file.path,
                   file.secret ? ", which others may not read" : "");
    }
}

foreign::Outcome imported(const foreign::Found& found, const HostFiles& files) {
    foreign::Outcome outcome = foreign::import(found.inputs, files);
    outcome.problems.insert(outcome.problems.begin(), found.problems.begin(), found.problems.end());
    outcome.findings.insert(outcome.findings.end(), found.findings.begin(), found.findings.end());
    return outcome;
}

Result<ExitCode> import_all(ImportOptions options, Console& console) {
    const HostFiles files(options.root.empty() ? "" : absolute_directory(options.root));
    foreign::Found found = foreign::find_inputs(options.wanted, files);
    options.out = options.out.empty() ? "" : absolute_directory(options.out);
    found.inputs.out = options.out.empty() ? default_out : options.out;
    found.inputs.copy_keys = options.copy_keys;
    found.inputs.is_written = !options.out.empty();
    const foreign::Outcome outcome = imported(found, files);
    if (outcome.daemons.empty()) {
        return fail(ExitCode::no_input, foreign::print_nothing(outcome));
    }
    if (outcome.settings.empty()) {
        std::string text;
        for (const auto& problem : outcome.problems) {
            text += problem.print() + "\n";
        }
        return fail(ExitCode::data, text + "no configuration is made of it");
    }
    if (!options.out.empty()) {
        if (auto written = write_all(outcome, options, files, console); !written) {
            return tl::make_unexpected(written.error());
        }
    }
    const auto advice = advice_on_keys(outcome.keys, files, options.root.empty());
    console.out << foreign::print_report(outcome, advice);
    print_files(outcome, options, console);
    const auto faults = faults_of(outcome.settings);
    for (const std::string& fault : faults) {
        fmt::print(console.err, "paraph: {}\n", base::one_line(fault, 4096));
    }
    return !faults.empty() ? ExitCode::config : outcome.is_complete() ? ExitCode::ok : ExitCode::found;
}

Result<ExitCode> apply_all(const ImportOptions& options, Console& console) {
    const HostFiles files("");
    if (const auto found = foreign::find_inputs(options.wanted, files); !found.problems.empty()) {
        return fail(ExitCode::no_input,
                    fmt::format("{}. The switch is not made without it", found.problems.front().print()));
    }
    const auto make = [&](bool copy_keys) {
        foreign::Found found = foreign::find_inputs(options.wanted, files);
        found.inputs.out = default_out;
        found.inputs.copy_keys = copy_keys;
        found.inputs.is_written = true;
        return imported(found, files);
    };
    const auto print = [&](const foreign::Outcome& outcome) {
        console.out << foreign::print_report(outcome, {});
    };
    return import::carry_out(make, {options.copy_keys}, print, console);
}

Result<ExitCode> compare_found(const ImportOptions& options, Console& console) {
    const HostFiles files("");
    const foreign::Found found = foreign::find_inputs(options.wanted, files);
    for (const auto& problem : found.problems) {
        fmt::print(console.err, "paraph: {}\n", problem.print());
    }
    return found.problems.empty()
               ? compare::compare_all(options.compare, found.inputs, files, console)
               : Result<ExitCode>(fail(ExitCode::no_input, "without these files nothing can be compared"));
}

Result<ExitCode> run_import(const ImportOptions& options, Console& console) {
    if (options.compares) {
        return compare_found(options, console);
    }
    if (options.undo) {
        return import::undo_last(options.force, console);
    }
    return options.apply ? apply_all(options, console) : import_all(options, console);
}

void add_compare(command_line::App& sub, ImportOptions& options, command_line::Option* apply) {
    auto* compare = sub.add_option("--compare", options.compare.messages,
                                   "Play messages through the old daemons and through paraphd, and list the "
                                   "differences: an mbox, a maildir, or a number of made-up ones")
                        ->type_name("MBOX|MAILDIR|N");
    for (const char* other : {"--out", "--copy-keys", "--root"}) {
        compare->excludes(other);
    }
    compare->excludes(apply);
    sub.add_option("-c,--config", options.compare.config,
                   "Compare with this paraph.yaml, and not with the one that the import makes")
        ->type_name("FILE")
        ->needs(compare);
    sub.add_flag("--json", options.compare.json, "The differences as JSON")->needs(compare);
}

} // namespace

void add_import(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<ImportOptions>();
    command_line::App* sub =
        app.add_subcommand("import", "Take over opendkim, opendmarc and policyd-spf as they are set");
    sub->footer(
        "Examples:\n  paraph import\n  paraph import --out /etc/paraph --copy-keys\n"
        "  paraph import --opendkim old/opendkim.conf --out new\n"
        "  paraph import --compare 500\n  paraph import --apply\n  paraph import --undo\n\n"
        "Exit codes: 0 everything is carried over, 1 something is not, and the report says what;\n"
        "65 a file is a template, 66 there is nothing to import, 73 the configuration exists already,\n"
        "with --compare 1 says that a difference has no known reason, or that a program could not be asked;\n"
        "69 the switch failed and was taken back, 78 what was made would not load, or the switch cannot be "
        "made.");
    sub->add_option("--opendkim", options->wanted.opendkim, "opendkim.conf (default: the one that is in use)")
        ->type_name("FILE");
    sub->add_option("--opendmarc", options->wanted.opendmarc,
                    "opendmarc.conf (default: the one that is in use)")
        ->type_name("FILE");
    sub->add_option("--policyd-spf", options->wanted.policyd,
                    "policyd-spf.conf (default: the one that Postfix uses)")
        ->type_name("FILE");
    sub->add_option("--postfix", options->wanted.postfix, "The directory of main.cf (default: /etc/postfix)")
        ->type_name("DIR");
    sub->add_option("--out", options->out,
                    "Write paraph.yaml and what belongs to it there (default: print it)")
        ->type_name("DIR");
    sub->add_flag("--copy-keys", options->copy_keys,
                  "Copy the keys to DIR/keys, where paraphd can read them");
    sub->add_option("--root", options->root, "Where the system to import is mounted (default: /)")
        ->type_name("DIR");
    // What is installed, where it is installed.
    auto* apply = sub->add_flag("--apply", options->apply, "Make the switch on this host, as root");
    for (const char* other : {"--opendkim", "--opendmarc", "--policyd-spf", "--postfix", "--out", "--root"}) {
        apply->excludes(other);
    }
    add_compare(*sub, *options, apply);
    auto* undo = sub->add_flag("--undo", options->undo, "Take the last switch back")
                     ->excludes(apply)
                     ->excludes(sub->get_option("--compare"));
    sub->add_flag("--force", options->force, "Also where files were changed since")->needs(undo);
    auto* compare = sub->get_option("--compare");
    sub->callback([options, compare, &chosen] {
        options->compares = compare->count() > 0;
        chosen = [options](Console& console) { return run_import(*options, console); };
    });
}

} // namespace milter::tool
