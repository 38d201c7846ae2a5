// paraph report suppress: who gets no reports.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/number_text.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/message_input.h"
#include "milter/tool/report_commands.h"
#include "milter/tool/reports/open_outbox.h"
#include "milter/tool/rotation/dates.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <memory>
#include <optional>
#include <ostream>
#include <vector>

namespace milter::tool {

namespace {

using reports::SuppressBy;
using reports::Suppression;

struct ReportSuppressOptions {
    std::string config;
    std::string address, host, policy_domain; // one of them
    std::string time;                         // empty: for ever
    std::string comment;
    std::optional<base::UnixTime> now;
};

// The one that the command line names.
Result<std::pair<SuppressBy, std::string>> named(const ReportSuppressOptions& options) {
    const auto by = !options.address.empty() ? SuppressBy::address
                    : !options.host.empty()  ? SuppressBy::host
                                             : SuppressBy::policy_domain;
    const std::string& text = by == SuppressBy::address ? options.address
                              : by == SuppressBy::host  ? options.host
                                                        : options.policy_domain;
    auto name = reports::suppressed_name(by, text);
    return name ? Result<std::pair<SuppressBy, std::string>>(std::pair(by, *std::move(name)))
                : fail(ExitCode::usage, name.error());
}

// Nothing: the daemon has not made it yet, so that nobody is on the list.
Result<std::optional<reports::OpenOutbox>> open(const ReportSuppressOptions& options, Console& console) {
    const auto loaded = usable_configuration(options.config, console);
    if (!loaded) {
        return tl::make_unexpected(loaded.error());
    }
    if (!reports::OpenOutbox::is_there(*loaded->settings)) {
        return std::optional<reports::OpenOutbox>();
    }
    auto store = reports::OpenOutbox::open(*loaded->settings);
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    return std::optional(*std::move(store));
}

Result<ExitCode> add(const ReportSuppressOptions& options, Console& console) {
    const auto name = named(options);
    if (!name) {
        return tl::make_unexpected(name.error());
    }
    Suppression made{name->first, name->second, 0, base::printable(options.comment, 200), 0};
    if (!options.time.empty()) {
        const auto milliseconds = config::parse_milliseconds(options.time);
        if (!milliseconds || *milliseconds < 1000) {
            return fail(ExitCode::usage, fmt::format("{} is no time: write 30d", base::quoted(options.time)));
        }
        made.until = reception_time(options.now) + static_cast<base::UnixTime>(*milliseconds / 1000);
    }
    const auto loaded = usable_configuration(options.config, console);
    if (!loaded) {
        return tl::make_unexpected(loaded.error());
    }
    auto store = reports::OpenOutbox::open_or_make(*loaded->settings); // before the first count, too
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    const auto done = store->outbox().suppress(made);
    return done ? Result<ExitCode>(ExitCode::ok) : reports::fail_for(done.error());
}

Result<ExitCode> remove(const ReportSuppressOptions& options, Console& console) {
    const auto name = named(options);
    if (!name) {
        return tl::make_unexpected(name.error());
    }
    auto store = open(options, console);
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    const auto done = *store ? (*store)->outbox().remove_suppression(name->first, name->second)
                             : reports::Stored<bool>(false);
    if (!done) {
        return reports::fail_for(done.error());
    }
    return *done ? Result<ExitCode>(ExitCode::ok)
                 : fail(ExitCode::data,
                        fmt::format("{} {} is not on the list", print(name->first), name->second));
}

Result<ExitCode> list(const ReportSuppressOptions& options, Console& console) {
    auto store = open(options, console);
    if (!store) {
        return tl::make_unexpected(store.error());
    }
    const auto all = *store ? (*store)->outbox().suppressions() : reports::Stored<std::vector<Suppression>>();
    if (!all) {
        return reports::fail_for(all.error());
    }
    const auto now = reception_time(options.now);
    for (const Suppression& one : *all) {
        const auto until =
            one.until == 0
                ? std::string("for ever")
                : "until " + rotation::print_time(std::chrono::sys_seconds(std::chrono::seconds(one.until)));
        fmt::print(console.out, "{} {} {}{}{}{}\n", print(one.by), base::printable(one.what), until,
                   holds(one, now) ? "" : " (over)", one.comment.empty() ? "" : ": ",
                   base::one_line(one.comment));
    }
    return ExitCode::ok;
}

void add_names(command_line::App& sub, ReportSuppressOptions& options) {
    auto* names = sub.add_option_group("name", "Whom");
    names->require_option(1);
    names->add_option("--address", options.address, "This address")->type_name("ADDRESS");
    names->add_option("--host", options.host, "All addresses of this domain")->type_name("DOMAIN");
    names->add_option("--policy-domain", options.policy_domain, "All reports about this domain")
        ->type_name("DOMAIN");
}

using Work = Result<ExitCode> (*)(const ReportSuppressOptions& options, Console& console);

std::shared_ptr<ReportSuppressOptions> finish(command_line::App& sub, Work work, Command& chosen) {
    auto options = std::make_shared<ReportSuppressOptions>();
    add_config_option(sub, options->config);
    sub.add_option("--now", options->now, "As if it were that time")->type_name("UNIXTIME");
    sub.final_callback([options, work, &chosen] {
        chosen = [options, work](Console& console) { return work(*options, console); };
    });
    return options;
}

} // namespace

void add_report_suppress(command_line::App& report, Command& chosen) {
    command_line::App* suppress = report.add_subcommand("suppress", "Who gets no reports");
    suppress->require_subcommand(1);
    suppress->footer("Examples:\n  paraph report suppress add --address ann@example.org --for 30d\n"
                     "  paraph report suppress list");
    command_line::App* adding =
        suppress->add_subcommand("add", "Put somebody on the list, or change what it says");
    auto options = finish(*adding, add, chosen);
    add_names(*adding, *options);
    adding->add_option("--for", options->time, "How long, as 30d; otherwise for ever")->type_name("TIME");
    adding->add_option("--comment", options->comment, "Why")->type_name("TEXT");
    command_line::App* removing = suppress->add_subcommand("remove", "Take somebody off the list");
    add_names(*removing, *finish(*removing, remove, chosen));
    (void)finish(*suppress->add_subcommand("list", "Print the list"), list, chosen);
}

} // namespace milter::tool
