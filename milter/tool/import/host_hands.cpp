#include "milter/tool/import/host_hands.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "base/socket_name.h"
#include "milter/tool/configuration.h"
#include "milter/tool/import/mail_trial.h"
#include "milter/tool/import/postfix_edit.h"
#include "milter/tool/import/programs.h"
#include "milter/tool/import/units.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

namespace milter::tool::import {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t shown = 2000;

volatile sig_atomic_t stop_wanted = 0;
void (*also_at_stop)() = nullptr; // set before the handler is

extern "C" void want_stop(int /*number*/) {
    stop_wanted = 1;
    if (also_at_stop != nullptr) {
        also_at_stop();
    }
}

Done as_done(const rotation::Ended& ended) {
    return ended.code == 0 ? Done() : base::refuse(base::one_line(base::trim_fws(ended.output), shown));
}

// Asks again for some seconds where nobody answers: a daemon that has just been started may need them.
template <class Ask>
auto patiently(const Ask& ask) {
    constexpr int most = 50;
    auto answer = ask();
    for (int tries = 0; !answer && tries < most; ++tries) {
        const bool is_absent = answer.error().find("refused") != std::string::npos ||
                               answer.error().find("No such file") != std::string::npos;
        if (!is_absent) {
            break;
        }
        std::this_thread::sleep_for(200ms);
        answer = ask();
    }
    return answer;
}

bool is_same_socket(const std::string& one, const std::string& other) {
    const auto a = base::SocketName::parse(one);
    const auto b = base::SocketName::parse(other);
    return a && b && a->is_unix() == b->is_unix() && (a->is_unix() ? a->path == b->path : a->port == b->port);
}

bool is_logged(const std::string& word, long long since) {
    constexpr int most = 50;
    for (int tries = 0; tries < most; ++tries) {
        const auto log = daemon_log_since(since);
        for (const auto line : base::split(log, '\n')) {
            if (line.find(word) != std::string_view::npos && line.find("mode=") != std::string_view::npos) {
                return true;
            }
        }
        std::this_thread::sleep_for(100ms);
    }
    return false;
}

long long seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

void hold_back_signals(void (*also)()) {
    also_at_stop = also;
    struct sigaction action{};
    action.sa_handler = want_stop;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        ::sigaction(number, &action, nullptr);
    }
    ::signal(SIGPIPE, SIG_IGN); // whoever reads what is said here may go away
}

bool is_stop_wanted() {
    return stop_wanted != 0;
}

HostHands::HostHands(const Backup& backup, Console& console) : backup_(backup), console_(console) {}

Told<UnitState> HostHands::unit(const std::string& name) {
    return state_of_unit(name);
}

Done HostHands::set_unit(const std::string& name, const UnitState& state) {
    return change_unit(name, state);
}

Done HostHands::tell(Listener listener) {
    switch (listener) {
    case Listener::service_manager:
        return systemd_runs() ? must_run({"systemctl", "daemon-reload"}) : Done();
    case Listener::postfix: {
        const auto status = run_named({"postfix", "status"});
        // It reads its files when it starts.
        return status && status->code == 0 ? must_run({"postfix", "reload"}) : Done();
    }
    }
    return {};
}

Done HostHands::check(Check check) {
    switch (check) {
    case Check::configuration:
        return check_configuration();
    case Check::old_milters:
        return remember_old_milters();
    case Check::probe:
        return probe();
    case Check::postfix:
        return check_postfix();
    case Check::mail:
        return try_mail();
    }
    return {};
}

Done HostHands::check_configuration() {
    return as_done(run_paraph({"check-config", "--user", "paraph", default_config_file}));
}

// One that does not answer today is no model.
Done HostHands::remember_old_milters() {
    const auto settings = load_settings(default_config_file);
    if (!settings) {
        return base::refuse(settings.error().message);
    }
    const auto ours = address_of(*settings);
    for (const auto& address : called_before_) {
        const bool stays =
            std::find(called_after_.begin(), called_after_.end(), address) != called_after_.end();
        if (stays && !is_same_socket(address, ours)) { // another filter
            continue;
        }
        const auto signatures = offer_outbound(address, domains_to_try(*settings));
        if (!signatures) {
            warn(fmt::format("{}: {}; what it would sign is not known", address, signatures.error()));
            continue;
        }
        for (const auto& [domain, names] : *signatures) {
            signed_before_[domain].insert(names.begin(), names.end());
        }
    }
    return {};
}

Done HostHands::probe() {
    const auto settings = load_settings(default_config_file);
    if (!settings) {
        return base::refuse(settings.error().message);
    }
    const auto address = address_of(*settings);
    const auto inbound = patiently([&] { return offer_inbound(address); });
    if (!inbound) {
        return base::refuse(fmt::format("a message from outside: {}: {}", address, inbound.error()));
    }
    auto outbound = offer_outbound(address, domains_to_try(*settings));
    if (!outbound) {
        return base::refuse(fmt::format("a message of ours: {}: {}", address, outbound.error()));
    }
    for (const auto& [domain, names] : signed_before_) {
        const auto& now = (*outbound)[domain];
        if (!std::includes(now.begin(), now.end(), names.begin(), names.end())) {
            return base::refuse(fmt::format(
                "mail from {} was signed by {}, and is now signed by {}", domain, fmt::join(names, ", "),
                now.empty() ? "nobody" : fmt::format("{}", fmt::join(now, ", "))));
        }
    }
    say(fmt::format("    a message from outside: {}", *inbound));
    for (const auto& [domain, names] : *outbound) {
        say(fmt::format("    mail from {}: {}", domain,
                        names.empty() ? "not signed" : fmt::format("signed by {}", fmt::join(names, ", "))));
    }
    return {};
}

Done HostHands::check_postfix() {
    return as_done(run_paraph({"check-config", "--postfix", default_config_file}));
}

bool HostHands::logs_messages() const {
    const auto settings = load_settings(default_config_file);
    return settings &&
           (settings->log.level == config::LogLevel::info || settings->log.level == config::LogLevel::debug);
}

// Whether paraphd has seen them, its log tells.
Done HostHands::try_mail() {
    const auto status = run_named({"postfix", "status"});
    if (!status || status->code != 0) {
        warn("Postfix does not run: no mail was tried. It takes the new files when it starts");
        return {};
    }
    const auto since = seconds_now();
    constexpr int tries = 3; // the first may meet an smtpd of the old configuration
    Sent sent;
    bool seen = false;
    for (int number = 0; number < tries && !seen; ++number) {
        sent = send_by_smtp();
        if (sent.taken == Taken::not_tried) {
            warn(fmt::format("no message was tried by SMTP: {}", sent.text));
            break;
        }
        if (sent.taken == Taken::yes && (!logs_messages() || daemon_log_since(since).empty())) {
            warn(fmt::format("Postfix took message {}; no log of paraphd can be read here to see it there",
                             sent.text));
            return {};
        }
        seen = sent.taken == Taken::yes && is_logged(sent.text, since);
    }
    if (sent.taken == Taken::later) {
        return base::refuse(fmt::format("Postfix does not take mail: {}", sent.text));
    }
    if (sent.taken == Taken::yes && !seen) {
        return base::refuse(fmt::format("Postfix took message {}, and paraphd did not see it", sent.text));
    }
    const auto ours = called_milters("non_smtpd_milters");
    if (!seen || ours.empty()) {
        return {};
    }
    say(fmt::format("    by SMTP: message {} went through paraphd", sent.text));
    const auto local = send_by_command(backup_.directory() + "/message");
    if (local.taken == Taken::not_tried) {
        warn(fmt::format("no message was tried by sendmail(1): {}", local.text));
        return {};
    }
    if (!is_logged(local.text, since)) {
        return base::refuse(
            std::string("a message by sendmail(1) did not get to paraphd; non_smtpd_milters is to blame"));
    }
    say("    by sendmail(1): a message went through paraphd");
    return {};
}

std::string HostHands::difference(const std::string& before, const std::string& after) {
    const auto directory = backup_.directory();
    const auto compared = [&]() -> Told<std::string> {
        if (auto kept = backup_.keep("then", before); !kept) {
            return base::refuse(kept.error());
        }
        if (auto kept = backup_.keep("now", after); !kept) {
            return base::refuse(kept.error());
        }
        const auto ended = run_named({"diff", "-u", "--label", "as paraph left it", "--label", "as it is now",
                                      directory + "/then", directory + "/now"});
        return ended ? Told<std::string>(ended->output) : base::refuse(ended.error());
    }();
    return compared ? *compared : compared.error() + "\n";
}

Done HostHands::keep(const std::string& name, const std::string& bytes) {
    return backup_.keep(name, bytes);
}

Done HostHands::save(const std::string& journal) {
    return backup_.save(journal);
}

bool HostHands::is_stopped() {
    return is_stop_wanted();
}

void HostHands::say(const std::string& text) {
    fmt::print(console_.out, "{}\n", text);
    console_.out.flush();
}

void HostHands::warn(const std::string& text) {
    fmt::print(console_.err, "paraph: {}\n", base::one_line(text, shown));
}

} // namespace milter::tool::import
