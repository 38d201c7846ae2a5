#include "milter/tool/import/carry_out.h"

#include "base/secret_text.h"
#include "config/import/report.h"
#include "crypto/signing_key.h"
#include "keys/limits.h"
#include "keys/ownership.h"
#include "milter/tool/configuration.h"
#include "milter/tool/daemon_user.h"
#include "milter/tool/import/careful_file.h"
#include "milter/tool/import/host_hands.h"
#include "milter/tool/import/plan_steps.h"
#include "milter/tool/import/postfix_edit.h"
#include "milter/tool/import/switch.h"
#include "milter/tool/import/units.h"
#include "milter/tool/import_files.h"
#include "milter/tool/import_keys.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace milter::tool::import {

namespace {

namespace foreign = config::import;

std::string time_now() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

Result<void> as_result(const Done& done, ExitCode code) {
    return done ? Result<void>() : fail(code, done.error());
}

Told<Switch> read_backup(const Backup& backup) {
    const auto text = backup.journal();
    if (!text) {
        return base::refuse(text.error());
    }
    auto made = read_switch(*text, [&](const std::string& name) { return backup.kept(name); });
    return made ? std::move(made) : base::refuse(fmt::format("{}: {}", backup.directory(), made.error()));
}

// What can be said before anything is looked at.
Result<void> check_host() {
    if (::geteuid() != 0) {
        return fail(ExitCode::usage, "only root can make the switch; run it with sudo");
    }
    if (!keys::find_account(daemon_user)) {
        return fail(ExitCode::config, "there is no user paraph: install the package first, or make the user: "
                                      "useradd --system --user-group --no-create-home --shell "
                                      "/usr/sbin/nologin paraph");
    }
    if (find_program("paraphd").empty()) {
        return fail(ExitCode::config,
                    "there is no program paraphd in /usr/sbin or /usr/local/sbin: install it "
                    "first");
    }
    if (find_program("postconf").empty()) {
        const bool is_sendmail = HostFiles("").exists("/etc/mail/sendmail.mc");
        return fail(ExitCode::config,
                    is_sendmail
                        ? "this host has Sendmail, and --apply knows Postfix only. Nothing was changed. "
                          "`paraph import` prints the steps: which lines of /etc/mail/sendmail.mc become "
                          "what, and what to run then"
                        : "there is no Postfix here, and --apply knows no other mail server. Nothing was "
                          "changed. `paraph import` prints the steps");
    }
    return {};
}

// Of an earlier run: taken back where it was broken off.
Result<void> settle_former(const Backups& backups, Console& console) {
    const auto latest = backups.latest();
    if (latest.empty()) {
        return {};
    }
    const Backup backup(latest);
    auto made = read_backup(backup);
    if (!made) {
        return fail(ExitCode::data, made.error());
    }
    if (made->stage == Stage::undone) {
        return {};
    }
    if (made->stage == Stage::applied) {
        return fail(ExitCode::config,
                    fmt::format("the switch is made already ({}). `paraph import --undo` goes "
                                "back; a change of paraph.yaml needs none",
                                latest));
    }
    HostHands hands(backup, console);
    hands.say(fmt::format("An earlier run was broken off; it is taken back first ({}).", latest));
    return as_result(take_back(*made, hands, false), ExitCode::temporary);
}

// A key that cannot be read would be missed when paraphd starts.
Told<std::map<std::string, std::string>> read_keys(const std::vector<foreign::UsedKey>& keys) {
    std::map<std::string, std::string> bytes;
    for (const auto& key : keys) {
        if (key.copy.empty()) {
            continue;
        }
        auto read = read_key_to_copy(key.path, key.place.file);
        if (!read) {
            return base::refuse(fmt::format("{}: {}", base::shown(key.path), read.error()));
        }
        bytes[key.copy] = std::move(*read);
    }
    return bytes;
}

bool calls_postfix(const foreign::Outcome& outcome) {
    return std::ranges::any_of(outcome.steps, [](const foreign::Step& step) {
        return !step.command.empty() && step.command.front() == "postfix";
    });
}

// Two signatures would be new. Whoever has two today may go on with them.
Result<void> check_other_signers(const foreign::Outcome& outcome) {
    const auto& other = outcome.signs_instead;
    if (!other) {
        return {};
    }
    const auto told = foreign::tell(*other, "Postfix does not ask opendkim today, so that mail would have "
                                            "two signatures from now on.");
    return fail(ExitCode::config,
                fmt::format("{}: {}. Nothing was changed", base::shown(other->place.print()), told.text));
}

Told<Material> gather(const foreign::Outcome& outcome, std::map<std::string, std::string> postfix_files) {
    Material material;
    const auto daemon = keys::find_account(daemon_user);
    const auto postfix = keys::find_account(postfix_setting("mail_owner"));
    material.daemon = daemon->user;
    material.daemon_group = daemon->group;
    material.postfix_group = postfix ? postfix->group : daemon->group;
    auto keys = read_keys(outcome.keys);
    if (!keys) {
        return base::refuse(keys.error());
    }
    material.keys = std::move(*keys);
    material.postfix = std::move(postfix_files);
    return material;
}

void tell_of_window(const foreign::Outcome& outcome, Hands& hands) {
    const auto at = [&](const char* word, const char* unit) {
        return std::ranges::find_if(outcome.steps, [&](const foreign::Step& step) {
            return step.command == std::vector<std::string>{"systemctl", word, "--now", unit};
        });
    };
    const auto start = at("enable", "paraphd");
    if (at("disable", "opendkim") < start || at("disable", "opendmarc") < start) {
        const auto action = postfix_setting("milter_default_action");
        hands.say(fmt::format(
            "Until the old daemon has ended and paraphd listens in its place, some seconds, Postfix does "
            "with mail what milter_default_action says: {}.",
            action));
    }
}

Result<ExitCode> make_switch(const foreign::Outcome& outcome, const Backup& backup, Console& console) {
    HostHands hands(backup, console);
    const auto edited = edited_postfix(outcome.steps, backup);
    const auto material =
        edited ? gather(outcome, edited->files) : Told<Material>(base::refuse(edited.error()));
    if (!material) {
        return fail(ExitCode::no_input, fmt::format("{}. Nothing was changed", material.error()));
    }
    Switch made;
    auto steps = steps_of(outcome, *material, hands);
    if (!steps) {
        return fail(ExitCode::config, fmt::format("{}. Nothing was changed", steps.error()));
    }
    made.steps = std::move(*steps);
    hands.set_milters(edited->called_before, edited->called_after);
    hands.say(fmt::format("\nThe old files are kept in {}.", backup.directory()));
    tell_of_window(outcome, hands);
    hold_back_signals();
    if (auto done = apply(made, hands); !done) {
        return fail(ExitCode::unavailable, done.error());
    }
    hands.say("\nThe switch is made. `paraph import --undo` goes back.");
    if (!systemd_runs()) {
        hands.warn("no systemd runs here: see to it that paraphd starts with the system");
    }
    return outcome.is_complete() ? ExitCode::ok : ExitCode::found;
}

} // namespace

Result<ExitCode> carry_out(const Import& import, const ApplyOptions& options,
                           const std::function<void(const foreign::Outcome&)>& print, Console& console) {
    if (auto checked = check_host(); !checked) {
        return tl::make_unexpected(checked.error());
    }
    Backups backups;
    if (auto locked = backups.lock(); !locked) {
        return fail(ExitCode::cannot_write, locked.error());
    }
    if (auto settled = settle_former(backups, console); !settled) {
        return tl::make_unexpected(settled.error());
    }
    foreign::Outcome outcome = import(options.copy_keys);
    if (!options.copy_keys && !advice_on_keys(outcome.keys, HostFiles(""), true).empty()) {
        fmt::print(console.out,
                   "paraphd cannot use the keys where they are: they are copied to /etc/paraph/keys.\n");
        outcome = import(true);
    }
    if (outcome.daemons.empty()) {
        return fail(ExitCode::no_input, foreign::print_nothing(outcome) + ". Nothing was changed");
    }
    if (auto refused = check_other_signers(outcome); !refused) {
        return tl::make_unexpected(refused.error());
    }
    if (outcome.settings.empty() || !calls_postfix(outcome)) {
        return fail(ExitCode::no_input,
                    outcome.settings.empty()
                        ? "no configuration can be made; `paraph import` says why"
                        : "/etc/postfix/main.cf is not there, and --apply knows no other mail server. "
                          "Nothing was changed");
    }
    print(outcome);
    const auto directory = backups.create(time_now());
    if (!directory) {
        return fail(ExitCode::cannot_write, directory.error());
    }
    return make_switch(outcome, Backup(*directory), console);
}

Result<ExitCode> undo_last(bool force, Console& console) {
    if (::geteuid() != 0) {
        return fail(ExitCode::usage, "only root can go back; run it with sudo");
    }
    Backups backups;
    if (auto locked = backups.lock(); !locked) {
        return fail(ExitCode::cannot_write, locked.error());
    }
    const auto latest = backups.latest();
    const Backup backup(latest);
    auto made = latest.empty() ? Told<Switch>(Switch{{}, Stage::undone, 0}) : read_backup(backup);
    if (!made) {
        return fail(ExitCode::data, made.error());
    }
    if (made->stage == Stage::undone) {
        return fail(ExitCode::no_input, "there is no switch to take back");
    }
    hold_back_signals();
    HostHands hands(backup, console);
    if (auto done = take_back(*made, hands, force); !done) {
        return fail(ExitCode::config, done.error());
    }
    hands.say(fmt::format("All is as it was before the switch ({}).", latest));
    return ExitCode::ok;
}

} // namespace milter::tool::import
