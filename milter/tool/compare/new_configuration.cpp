#include "milter/tool/compare/new_configuration.h"

#include "base/secret_text.h"
#include "config/import/report.h"
#include "config/load.h"
#include "keys/generate.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import_keys.h"

#include <fmt/format.h>

#include <unistd.h>

#include <filesystem>

namespace milter::tool::compare {

namespace {

namespace foreign = config::import;

Result<void> check(const foreign::Outcome& outcome) {
    if (outcome.daemons.empty()) {
        return fail(ExitCode::no_input, foreign::print_nothing(outcome));
    }
    std::string text;
    for (const auto& problem : outcome.problems) {
        text += problem.print() + "\n";
    }
    return outcome.settings.empty() ? fail(ExitCode::data, text + "no configuration is made of it")
                                    : Result<void>();
}

Result<void> write_all(const foreign::Outcome& outcome, const std::string& main, const HostFiles& files,
                       Console& console) {
    if (auto copied = copy_keys(outcome.keys, files, console); !copied) {
        return copied;
    }
    auto all = outcome.files;
    all.push_back({main, outcome.settings, true});
    for (const auto& file : all) {
        if (const auto written = keys::write_new_file(file.path, file.text, {daemon_group(), false});
            !written) {
            return fail(ExitCode::cannot_write, written.error());
        }
    }
    return {};
}

} // namespace

Result<NewConfiguration> write_configuration(foreign::Inputs inputs, const std::string& own,
                                             const std::string& room, const HostFiles& files,
                                             Console& console) {
    inputs.out = room;
    inputs.is_written = true;
    inputs.copy_keys = own.empty() && ::geteuid() == 0; // the daemon's user gets at no other ones
    NewConfiguration made;
    made.outcome = foreign::import(inputs, files);
    if (auto checked = check(made.outcome); !checked) {
        return tl::make_unexpected(checked.error());
    }
    made.file = own.empty() ? room + "/paraph.yaml" : std::filesystem::absolute(own).string();
    if (own.empty()) {
        if (auto written = write_all(made.outcome, made.file, files, console); !written) {
            return tl::make_unexpected(written.error());
        }
    }
    auto loaded = config::load_file(made.file);
    if (!loaded.settings) {
        std::string text;
        for (const auto& diagnostic : loaded.diagnostics) {
            text += config::print(diagnostic) + "\n";
        }
        return fail(ExitCode::config, text + "paraphd cannot run with this");
    }
    made.settings = std::move(*loaded.settings);
    return made;
}

} // namespace milter::tool::compare
