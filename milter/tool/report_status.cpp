// paraph report status: whether counting and sending work.

#include "base/ascii.h"
#include "milter/command_line/app.h"
#include "milter/reports/open_database.h"
#include "milter/tool/configuration.h"
#include "milter/tool/counted.h"
#include "milter/tool/report_commands.h"
#include "milter/tool/reports/open_outbox.h"
#include "milter/tool/reports/store_status.h"
#include "milter/tool/rotation/dates.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <ostream>
#include <system_error>

namespace milter::tool {

namespace {

using Json = nlohmann::ordered_json;
using reports::StoreStatus;

struct ReportStatusOptions {
    std::string config;
    bool json = false;
};

std::string time_in_words(base::UnixTime at) {
    return rotation::print_time(std::chrono::sys_seconds(std::chrono::seconds(at)));
}

std::string day_in_words(std::int64_t day) {
    return time_in_words(day * report::seconds_a_day).substr(0, std::string_view("2027-01-31").size());
}

std::string shown(const std::string& text) {
    constexpr std::size_t longest = 300; // a reply of somebody else's server
    return base::one_line(text, longest);
}

std::string messages(std::int64_t count) {
    return counted(static_cast<std::size_t>(count), "message");
}

void print_counts(const StoreStatus& status, std::ostream& out) {
    if (status.messages == 0) {
        fmt::print(out, "counted: nothing\n");
    } else {
        fmt::print(out, "counted: {} in {} of {}, {} from {} to {}\n", messages(status.messages),
                   counted(static_cast<std::size_t>(status.rows), "row"),
                   counted(static_cast<std::size_t>(status.domains), "policy domain"),
                   counted(static_cast<std::size_t>(status.days), "day"), day_in_words(status.first_day),
                   day_in_words(status.last_day));
    }
    for (const auto& one : status.hosts) {
        fmt::print(out, "last flush: {} UTC, by {}; {} written, {} with less detail, {} not counted\n",
                   time_in_words(one.flushed), shown(one.host), messages(one.messages), one.less_detail,
                   one.dropped);
        if (one.failures > 0 || one.failures_dropped > 0) {
            fmt::print(out,
                       "failure reports by {}: {} made, {} without one (the limits of reports.failure, "
                       "or no room)\n",
                       shown(one.host), one.failures, messages(one.failures_dropped));
        }
    }
    if (status.failures > 0) {
        fmt::print(out, "failure reports not planned yet: {}\n", status.failures);
    }
}

void print_sent(const StoreStatus& status, std::ostream& out) {
    if (status.runs.empty()) {
        fmt::print(out, "last run: there was none\n");
    }
    for (const auto& run : status.runs) {
        fmt::print(out,
                   "last run: {} UTC, by {}; {} planned, {} sent, {} waiting, {} refused, {} given up, {} "
                   "held{}{}\n",
                   time_in_words(run.ended), shown(run.host), run.planned, run.sent, run.waiting, run.refused,
                   run.given_up, run.held, run.problem.empty() ? "" : ": ", shown(run.problem));
    }
    for (const auto& [state, count] : status.deliveries) {
        const auto failures = status.failure_deliveries.find(state);
        fmt::print(out, "reports {}: {}{}\n", state == "given_up" ? "given up" : shown(state), count,
                   failures == status.failure_deliveries.end()
                       ? ""
                       : fmt::format(" (failure reports: {})", failures->second));
    }
    for (const auto& one : status.failed) {
        fmt::print(out, "{}: {} about {} of {}{}{}\n",
                   one.state == "given_up" ? "given up" : shown(one.state), shown(one.address),
                   shown(one.domain), day_in_words(one.day), one.reply.empty() ? "" : ": ", shown(one.reply));
    }
}

void print_off(const config::Reports& settings, std::ostream& out) {
    if (!settings.enabled) {
        fmt::print(out, "reports are off: nothing is counted and nothing is sent (reports.enabled)\n");
    }
}

void print_words(const config::Reports& settings, const StoreStatus& status, std::ostream& out) {
    print_off(settings, out);
    constexpr double megabyte = 1024.0 * 1024;
    fmt::print(out, "store: {}, {:.1f} MB{}\n",
               config::is_path(settings.store) ? settings.store : "PostgreSQL",
               static_cast<double>(status.octets) / megabyte,
               settings.store_size == 0
                   ? std::string()
                   : fmt::format(" of {:.0f}", static_cast<double>(settings.store_size) / megabyte));
    print_counts(status, out);
    print_sent(status, out);
}

void print_json(const config::Reports& settings, const StoreStatus& status, std::ostream& out) {
    Json hosts = Json::array();
    for (const auto& one : status.hosts) {
        hosts.push_back({{"host", one.host},
                         {"last_flush", one.flushed},
                         {"messages", one.messages},
                         {"less_detail", one.less_detail},
                         {"dropped", one.dropped},
                         {"failures", one.failures},
                         {"failures_dropped", one.failures_dropped}});
    }
    Json runs = Json::array();
    for (const auto& run : status.runs) {
        runs.push_back({{"host", run.host},
                        {"ended", run.ended},
                        {"planned", run.planned},
                        {"sent", run.sent},
                        {"waiting", run.waiting},
                        {"refused", run.refused},
                        {"given_up", run.given_up},
                        {"held", run.held},
                        {"problem", run.problem}});
    }
    Json failed = Json::array();
    for (const auto& one : status.failed) {
        failed.push_back({{"state", one.state},
                          {"address", one.address},
                          {"domain", one.domain},
                          {"day", day_in_words(one.day)},
                          {"reply", one.reply}});
    }
    const Json whole{{"enabled", settings.enabled},
                     {"octets", status.octets},
                     {"messages", status.messages},
                     {"rows", status.rows},
                     {"domains", status.domains},
                     {"days", status.days},
                     {"failures_waiting", status.failures},
                     {"daemons", hosts},
                     {"runs", runs},
                     {"deliveries", status.deliveries},
                     {"failure_deliveries", status.failure_deliveries},
                     {"failed", failed}};
    fmt::print(out, "{}\n", whole.dump(2, ' ', true, Json::error_handler_t::replace));
}

// A file that the daemon makes with the first message that counts.
bool is_missing(const std::string& store) {
    std::error_code error;
    return config::is_path(store) && !std::filesystem::exists(store, error) && !error;
}

void print_nothing(const config::Reports& settings, bool json, std::ostream& out) {
    if (json) {
        print_json(settings, {}, out);
        return;
    }
    print_off(settings, out);
    fmt::print(out, "nothing counted yet: there is no {} before the first message that counts\n",
               settings.store);
}

Result<ExitCode> status(const ReportStatusOptions& options, Console& console) {
    const auto loaded = usable_configuration(options.config, console);
    if (!loaded) {
        return tl::make_unexpected(loaded.error());
    }
    const config::Reports& settings = loaded->settings->reports;
    if (is_missing(settings.store)) {
        print_nothing(settings, options.json, console.out);
        return ExitCode::ok;
    }
    auto database = milter::reports::make_database(settings, {.program = "paraph report", .create = false});
    if (!database) {
        return fail(ExitCode::config, database.error());
    }
    const auto found = reports::read_status(**database);
    if (!found) {
        return reports::fail_for(found.error());
    }
    if (options.json) {
        print_json(settings, *found, console.out);
    } else {
        print_words(settings, *found, console.out);
    }
    return ExitCode::ok;
}

} // namespace

void add_report_status(command_line::App& report, Command& chosen) {
    command_line::App* sub = report.add_subcommand("status", "Whether counting and sending work");
    auto options = std::make_shared<ReportStatusOptions>();
    sub->footer("Examples:\n  paraph report status\n  paraph report status --json");
    add_config_option(*sub, options->config);
    sub->add_flag("--json", options->json, "As JSON");
    sub->callback(
        [options, &chosen] { chosen = [options](Console& console) { return status(*options, console); }; });
}

} // namespace milter::tool
