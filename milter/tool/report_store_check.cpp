#include "milter/tool/report_store_check.h"

#include "base/ascii.h"
#include "config/load_source.h"
#include "milter/reports/history_file.h"
#include "milter/reports/open_database.h"
#include "milter/tool/as_user.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

namespace milter::tool {

namespace {

using config::Diagnostic;
using config::Severity;

// What systemd makes for the daemon when it starts it first.
constexpr std::string_view state_directory = "/var/lib/paraph/reports";

// The daemon makes the file: a check must not do so in its place.
std::string try_directory(const std::string& store) {
    const std::string directory = config::directory_of(store);
    return access(directory.c_str(), W_OK | X_OK) == 0
               ? ""
               : fmt::format("{}: {}", directory, std::generic_category().message(errno));
}

// Empty, or why it cannot be used.
std::string try_store(const config::Reports& settings) {
    if (config::is_path(settings.store) && access(settings.store.c_str(), F_OK) != 0 && errno == ENOENT) {
        return try_directory(settings.store);
    }
    auto database = reports::make_database(settings, {.program = "paraph", .create = false});
    if (!database) {
        return database.error();
    }
    const auto opened = (*database)->open();
    return opened ? "" : opened.error().text;
}

bool waits_for_unit(const std::string& store) {
    return config::directory_of(store) == state_directory &&
           access(std::string(state_directory).c_str(), F_OK) != 0 && errno == ENOENT;
}

struct Checked {
    std::string setting; // with its path
    std::string file;    // empty: it is none
    std::string harm;    // while it does not work
};

std::optional<Diagnostic> check(const Checked& checked, const config::Loaded& loaded, const std::string& file,
                                const std::string& user, const std::function<std::string()>& attempt) {
    const auto origin = loaded.origins.find(checked.setting);
    const bool given = origin != loaded.origins.end();
    Diagnostic found{
        Severity::warning, given ? origin->second.file : file, given ? origin->second.line : 0, 0, "", ""};
    if (waits_for_unit(checked.file)) {
        found.message = fmt::format("'{}': there is no {} yet", checked.setting, state_directory);
        found.hint = "systemd creates it when it starts the daemon";
        return found;
    }
    const auto answer = as_user(user, attempt);
    if (!answer) {
        found.message = fmt::format("'{}': not checked: whether user {} can use it", checked.setting,
                                    base::printable(user));
        found.hint = answer.error();
        return found;
    }
    if (answer->empty()) {
        return std::nullopt;
    }
    found.severity = Severity::local_error;
    found.message = fmt::format("'{}': {}", checked.setting, *answer);
    found.hint = checked.harm;
    return found;
}

} // namespace

std::vector<Diagnostic> check_report_store(const config::Settings& settings, const config::Loaded& loaded,
                                           const std::string& file, const std::string& user) {
    const auto& reports = settings.reports;
    std::vector<Diagnostic> found;
    const auto add = [&](const Checked& checked, const std::function<std::string()>& attempt) {
        if (auto one = check(checked, loaded, file, user, attempt)) {
            found.push_back(*std::move(one));
        }
    };
    if (reports.enabled) {
        add({"reports.store", reports.store, "mail is checked and not counted for reports until it works"},
            [&] { return try_store(reports); });
    }
    if (!reports.history_file.empty()) {
        add({"reports.history_file", reports.history_file,
             "mail is checked and not written to it until it works"},
            [&] { return milter::reports::history_danger(reports.history_file); });
    }
    return found;
}

} // namespace milter::tool
