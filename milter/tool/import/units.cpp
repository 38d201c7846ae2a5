#include "milter/tool/import/units.h"

#include "base/ascii.h"
#include "milter/tool/import/own_daemon.h"
#include "milter/tool/import/processes.h"
#include "milter/tool/import/programs.h"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

namespace milter::tool::import {

namespace {

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

bool has_script(const std::string& name) {
    return is_there("/etc/init.d/" + name);
}

// "enabled", "active"; also where the exit code says no.
std::string asked(const std::string& question, const std::string& name) {
    const auto ended = run_named({"systemctl", question, name});
    return ended ? std::string(base::trim_fws(ended->output)) : std::string();
}

Told<UnitState> state_in_systemd(const std::string& name) {
    if (auto known = run_named({"systemctl", "cat", "--quiet", name}); !known || known->code != 0) {
        return base::refuse(fmt::format("systemd has no unit {}.service", name));
    }
    const auto active = asked("is-active", name);
    return UnitState{asked("is-enabled", name) == "enabled",
                     active == "active" || active == "activating" || active == "reloading"};
}

// What runs now matters to mail, and what starts with the system only later: one is done without the other.
Done both(const Done& one, const Done& other) {
    return one && other ? Done()
                        : base::refuse(fmt::format("{}{}{}", one ? "" : one.error(), one || other ? "" : "; ",
                                                   other ? "" : other.error()));
}

// Masked and static units are neither enabled nor disabled, and stay what they are.
Done change_in_systemd(const std::string& name, const UnitState& wanted) {
    const auto now = state_in_systemd(name);
    if (!now) {
        return base::refuse(now.error());
    }
    const auto enabled =
        now->enabled == wanted.enabled
            ? Done()
            : must_run({"systemctl", wanted.enabled ? "enable" : "disable", "--quiet", name});
    if (now->active == wanted.active) {
        return enabled;
    }
    // A daemon that failed before may be started again.
    (void)run_named({"systemctl", "reset-failed", name});
    return both(enabled, must_run({"systemctl", wanted.active ? "start" : "stop", name}));
}

// A link /etc/rc2.d/S01name.
bool starts_with_system(const std::string& name) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry("/etc/rc2.d", error), end; !error && entry != end;
         entry.increment(error)) {
        const auto file = entry->path().filename().string();
        constexpr std::size_t order = 3; // "S01"
        if (file.size() > order && file.starts_with('S') && file.substr(order) == name) {
            return true;
        }
    }
    return false;
}

// The script's own answer is not asked for: that of Debian's opendmarc always says that it runs.
UnitState state_of_script(const std::string& name) {
    return {starts_with_system(name), !processes_of(name).empty()};
}

// Scripts come back before their daemon has ended, or without having started it.
Done await_script(const std::string& name, bool active) {
    constexpr int most = 150;
    for (int tries = 0; state_of_script(name).active != active; ++tries) {
        if (tries == most) {
            return base::refuse(
                fmt::format("/etc/init.d/{} does not {} it", name, active ? "start" : "stop"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    return {};
}

Done change_script(const std::string& name, const UnitState& wanted) {
    const auto now = state_of_script(name);
    const auto enabled = now.enabled == wanted.enabled
                             ? Done()
                             : must_run({"update-rc.d", name, wanted.enabled ? "enable" : "disable"});
    if (now.active == wanted.active) {
        return enabled;
    }
    auto turned = must_run({"service", name, wanted.active ? "start" : "stop"});
    return both(enabled, turned ? await_script(name, wanted.active) : turned);
}

} // namespace

bool systemd_runs() {
    return is_there("/run/systemd/system");
}

Told<UnitState> state_of_unit(const std::string& name) {
    if (systemd_runs()) {
        return state_in_systemd(name);
    }
    if (has_script(name)) {
        return state_of_script(name);
    }
    if (name == "paraphd") {
        return state_of_own_daemon();
    }
    return base::refuse(
        fmt::format("no systemd runs here, and there is no /etc/init.d/{}: whatever starts {} has "
                    "to be changed by hand, with the steps that `paraph import` prints",
                    name, name));
}

Done change_unit(const std::string& name, const UnitState& wanted) {
    if (systemd_runs()) {
        return change_in_systemd(name, wanted);
    }
    if (has_script(name)) {
        return change_script(name, wanted);
    }
    return name == "paraphd" ? change_own_daemon(wanted.active)
                             : base::refuse(fmt::format("/etc/init.d/{} is gone", name));
}

std::string daemon_log_since(long long seconds) {
    if (!systemd_runs()) {
        return log_of_own_daemon();
    }
    const auto log = run_named({"journalctl", "--unit", "paraphd", fmt::format("--since=@{}", seconds),
                                "--output", "cat", "--no-pager"});
    return log ? log->output : std::string();
}

} // namespace milter::tool::import
