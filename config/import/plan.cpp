#include "config/import/plan.h"

#include "base/socket_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

// The unit lets paraphd write in its own directory alone.
void add_socket(const Switch& made, std::vector<Step>& steps) {
    const auto socket = base::SocketName::parse(made.socket);
    if (!socket || !socket->is_unix()) {
        return;
    }
    const std::string directory = socket->path.substr(0, socket->path.rfind('/'));
    const bool own = directory == "/run/paraph";
    if (!own) {
        steps.push_back({"A directory for the socket, which Postfix sees from its chroot",
                         {"install", "-d", "-o", "paraph", "-g", "postfix", "-m", "0750", directory}});
    }
    steps.push_back({"paraphd may give its socket to the group postfix",
                     {},
                     {"rm", "-f", "/etc/systemd/system/paraphd.service.d/import.conf"},
                     "/etc/systemd/system/paraphd.service.d/import.conf",
                     fmt::format("[Service]\nSupplementaryGroups=postfix\n{}",
                                 own ? std::string() : fmt::format("ReadWritePaths={}\n", directory))});
    steps.push_back({"systemd reads that", {"systemctl", "daemon-reload"}, {"systemctl", "daemon-reload"}});
}

Step change_step(const PostfixChange& change) {
    const bool main = change.service.empty();
    const std::string name = main ? change.name : fmt::format("{}/{}", change.service, change.name);
    const std::string flag = main ? "-e" : "-P";
    const auto assignment = [&](const std::string& value) { return fmt::format("{}={}", name, value); };
    // What was not set before is taken out again.
    std::vector<std::string> undo{"postconf", flag, assignment(change.before)};
    if (main && change.before.empty()) {
        undo = {"postconf", "-X", change.name};
    }
    return {main ? fmt::format("main.cf: {}", change.name) : fmt::format("master.cf: {}", name),
            {"postconf", flag, assignment(change.after)},
            undo};
}

void stop_unit(Daemon daemon, std::vector<Step>& steps) {
    const std::string unit(name_of(daemon));
    steps.push_back({fmt::format("{} stops and does not start again", unit),
                     {"systemctl", "disable", "--now", unit},
                     {"systemctl", "enable", "--now", unit}});
}

// For an editor: m4 can make lines in too many ways to change them from here.
void add_sendmail(const std::vector<SendmailChange>& changes, std::vector<Step>& steps) {
    for (const auto& change : changes) {
        const std::string place = change.place.print();
        Step step;
        if (change.place.line == 0) {
            step.why = fmt::format("{}: write this in front of the lines that begin with MAILER", place);
        } else if (change.line.empty()) {
            step.why = fmt::format("{}: take out the line of the filter '{}'", place, change.name);
        } else {
            step.why =
                fmt::format("{}: write this in place of the line of the filter '{}'", place, change.name);
        }
        step.text = change.line.empty() ? "" : change.line + "\n";
        steps.push_back(std::move(step));
    }
    steps.push_back({"sendmail.cf is made of it", {"make", "-C", "/etc/mail"}, {"make", "-C", "/etc/mail"}});
    steps.push_back(
        {"Sendmail reads it", {"systemctl", "restart", "sendmail"}, {"systemctl", "restart", "sendmail"}});
}

bool is_in_the_way(const Switch& made, Daemon daemon) {
    return std::ranges::find(made.in_the_way, daemon) != made.in_the_way.end();
}

// Postfix always finds milters that answer, but for the moment between one daemon and the next at the same
// socket. The others stop when nobody calls them any more.
void add_start(const Switch& made, std::vector<Step>& steps) {
    for (const Daemon daemon : made.daemons) {
        if (is_in_the_way(made, daemon)) {
            stop_unit(daemon, steps);
        }
    }
    steps.push_back({"paraphd starts",
                     {"systemctl", "enable", "--now", "paraphd"},
                     {"systemctl", "disable", "--now", "paraphd"}});
}

void add_stops(const Switch& made, std::vector<Step>& steps) {
    for (const Daemon daemon : made.daemons) {
        if (daemon != Daemon::policyd_spf && !is_in_the_way(made, daemon)) {
            stop_unit(daemon, steps);
        }
    }
}

} // namespace

std::vector<Step> plan(const Switch& made) {
    std::vector<Step> steps;
    if (!made.is_written) {
        steps.push_back({"The configuration is written, and what belongs to it",
                         {"paraph", "import", "--out", made.out}});
        if (made.copy_keys) {
            steps.back().command.emplace_back("--copy-keys");
        }
    }
    const std::string file = made.out + "/paraph.yaml";
    add_socket(made, steps);
    steps.push_back({"The configuration is good, and paraphd can read the keys",
                     {"paraph", "check-config", "--user", "paraph", file}});
    add_start(made, steps);
    for (const PostfixChange& change : made.changes) {
        steps.push_back(change_step(change));
    }
    if (made.has_postfix) {
        steps.push_back({"Postfix reads its files", {"postfix", "reload"}, {"postfix", "reload"}});
        steps.push_back({"Postfix and paraphd fit together", {"paraph", "check-config", "--postfix", file}});
    }
    if (!made.sendmail.empty()) {
        add_sendmail(made.sendmail, steps);
    }
    add_stops(made, steps);
    return steps;
}

} // namespace config::import
