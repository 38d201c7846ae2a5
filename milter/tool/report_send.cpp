// paraph report send: what the daemon counted on days that are over, to those who asked for it.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "config/number_text.h"
#include "config/report_mail_schema.h"
#include "keys/source/secret_file.h"
#include "milter/command_line/app.h"
#include "milter/session/outbound.h"
#include "milter/tool/configuration.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/message_input.h"
#include "milter/tool/progress_line.h"
#include "milter/tool/report_commands.h"
#include "milter/tool/reports/alignment_proof.h"
#include "milter/tool/reports/open_outbox.h"
#include "milter/tool/reports/plan_failures.h"
#include "milter/tool/reports/preview.h"
#include "milter/tool/reports/run_lock.h"
#include "milter/tool/reports/send_reports.h"
#include "milter/tool/reports/token_key.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

namespace milter::tool {

namespace {

struct ReportSendOptions {
    std::string config;
    std::string domain;
    std::string date;
    std::string out;
    bool dry_run = false;
    std::optional<base::UnixTime> now;
    DnsOptions dns;
};

volatile sig_atomic_t told_to_stop = 0;

void stop_after_this_mail(int) {
    told_to_stop = 1;
}

void sleep_unless_told(std::chrono::milliseconds time) {
    constexpr std::chrono::milliseconds piece{100};
    for (; told_to_stop == 0 && time.count() > 0; time -= piece) {
        std::this_thread::sleep_for(std::min(time, piece));
    }
}

void listen_to_signals() {
    struct sigaction action{};
    action.sa_handler = stop_after_this_mail;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    action.sa_handler = SIG_IGN; // a mail server may go away while we write
    ::sigaction(SIGPIPE, &action, nullptr);
}

// --now and what has passed since, or the clock.
class Clock {
  public:
    explicit Clock(std::optional<base::UnixTime> given) : given_(given) {}

    [[nodiscard]] base::UnixTime now() const {
        const auto passed = std::chrono::steady_clock::now() - start_;
        return given_ ? *given_ + std::chrono::duration_cast<std::chrono::seconds>(passed).count()
                      : reception_time(std::nullopt);
    }

  private:
    std::optional<base::UnixTime> given_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Result<reports::Selection> selection_of(const ReportSendOptions& options) {
    reports::Selection wanted;
    if (!options.domain.empty()) {
        const auto domain = base::DomainName::parse_international(options.domain);
        if (!domain) {
            return fail(ExitCode::usage, fmt::format("{} is not a domain", base::quoted(options.domain)));
        }
        wanted.domain = domain->text();
    }
    if (!options.date.empty()) {
        const auto end = config::parse_last_day(options.date);
        if (!end) {
            return fail(ExitCode::usage,
                        fmt::format("{} is not a day: write 2027-01-31", base::quoted(options.date)));
        }
        wanted.day = ::report::day_of(static_cast<base::UnixTime>(*end) - 1);
    }
    return wanted;
}

Result<std::shared_ptr<const runtime::Runtime>> runtime_of(const config::Settings& settings) {
    auto built = runtime::build_runtime(settings, runtime::host_name());
    if (!built.runtime) {
        std::string problems = "the configuration cannot be used";
        for (const std::string& problem : built.problems) {
            problems += '\n' + problem;
        }
        return fail(ExitCode::config, std::move(problems));
    }
    return std::move(built.runtime);
}

Result<reports::SmtpServer> server_of(const config::ReportMail& mail, const std::string& own_name) {
    constexpr unsigned smtp = 25;
    const auto server = config::read_host_and_port(mail.server, smtp);
    if (!server) {
        return fail(ExitCode::config, fmt::format("{} is not a mail server", base::quoted(mail.server)));
    }
    reports::SmtpServer made{.host = server->host, .port = server->port, .own_name = own_name};
    made.ca_file = mail.ca_file;
    switch (mail.tls) {
    case config::ReportTls::none:
        break;
    case config::ReportTls::starttls:
        made.tls = reports::SmtpServer::Tls::starttls;
        break;
    case config::ReportTls::implicit:
        made.tls = reports::SmtpServer::Tls::implicit;
        break;
    }
    if (!mail.user.empty()) {
        const keys::source::SecretFile password(mail.password_file);
        if (!password.problem().empty()) {
            return fail(ExitCode::config, password.problem());
        }
        made.user = mail.user;
        made.password = password.text();
    }
    return made;
}

// With the signatures that the daemon would put on mail of that author.
Result<std::string> sign(const std::shared_ptr<const runtime::Runtime>& runtime, const std::string& mail,
                         base::UnixTime now) {
    const auto message = message::parse_message(mail);
    if (!message) {
        return fail(ExitCode::internal, message.error().message);
    }
    session::Outbound outbound(runtime);
    outbound.end_of_header(message->headers, {});
    outbound.body(message->body);
    const auto done = outbound.finish(message->headers, now);
    if (!done.failure.empty()) {
        return fail(ExitCode::config, done.failure);
    }
    std::string fields;
    for (const session::HeaderInsertion& field : done.fields) {
        fields = field.name + ':' + field.body + "\r\n" + fields;
    }
    return fields + mail;
}

// Refused: the mail would not pass DMARC where it arrives.
Result<void> prove(const std::shared_ptr<const runtime::Runtime>& runtime, reports::Inquiries& inquiries,
                   base::UnixTime now, Console& console) {
    auto lookups = inquiries.lookups();
    const auto proof = reports::prove_alignment(runtime, lookups, now);
    if (!proof) {
        return tl::make_unexpected(proof.error());
    }
    for (const std::string& warning : proof->warnings) {
        fmt::print(console.err, "paraph report send: {}\n", base::printable(warning));
    }
    if (proof->passes) {
        return {};
    }
    std::string message = fmt::format("mail from {} would not pass DMARC, so no report is sent",
                                      runtime->settings.reports.mail.from);
    for (const std::string& problem : proof->problems) {
        message += '\n' + problem;
    }
    if (proof->is_open) {
        return fail(ExitCode::temporary, message + "\nThe next run asks again");
    }
    for (const std::string& line : proof->publish) {
        fmt::print(console.out, "{}\n", line);
    }
    return fail(ExitCode::config, std::move(message));
}

void print_result(const reports::RunResult& result, Console& console) {
    fmt::print(console.out, "planned {}, sent {}, waiting {}, refused {}, given up {}, held {}\n",
               result.planned, result.sent, result.waiting, result.refused, result.given_up, result.held);
}

// Where people look on, how far the run has come.
class Progress {
  public:
    Progress(reports::Outbox& outbox, const reports::Selection& wanted, Console& console)
        : outbox_(outbox), wanted_(wanted), line_(console) {}

    void show(const reports::RunResult& result, base::UnixTime now) {
        if (!line_.is_shown()) {
            return;
        }
        if (!total_) { // asked once, when all is planned
            total_ = outbox_.count_due(wanted_, now).value_or(0);
        }
        const auto not_sent = result.waiting + result.refused + result.given_up + result.held;
        line_.show(result.sent + not_sent, *total_, fmt::format(", {} sent, {} not", result.sent, not_sent));
    }
    void clear() { line_.clear(); }

  private:
    reports::Outbox& outbox_;
    const reports::Selection& wanted_;
    ProgressLine line_;
    std::optional<std::int64_t> total_;
};

class Run {
  public:
    Run(const ReportSendOptions& options, const config::Settings& settings, Console& console)
        : options_(options), settings_(settings), console_(console), clock_(options.now) {}

    Result<ExitCode> preview(reports::Outbox& outbox, const reports::Selection& wanted,
                             reports::Outlook* outlook) {
        reports::Preview preview(settings_.reports, outbox.database(), outlook, options_.out, console_);
        const auto seen = reports::look_at_plans(
            outbox.database(), settings_.reports, wanted, clock_.now(),
            [&](const auto& candidate, const auto& plan) { return preview.see(candidate, plan); });
        const auto looked = seen ? reports::look_at_failures(outbox, settings_.reports, wanted, clock_.now(),
                                                             [&](const auto& failed, const auto& plan) {
                                                                 return preview.see(failed, plan);
                                                             })
                                 : seen;
        if (preview.failure()) {
            return tl::make_unexpected(*preview.failure());
        }
        return looked ? Result<ExitCode>(ExitCode::ok) : reports::fail_for(looked.error());
    }

    // Also what would keep all of them here, behind what it keeps.
    Result<ExitCode> dry_run(reports::Outbox& outbox, const reports::Selection& wanted) {
        auto asking = ask();
        if (!asking) {
            return tl::make_unexpected(asking.error());
        }
        const auto proven = prove(asking->runtime, *asking->inquiries, clock_.now(), console_);
        reports::Outlook outlook(settings_.reports, outbox, *asking->inquiries, clock_.now());
        const auto seen = preview(outbox, wanted, &outlook);
        return proven ? seen : Result<ExitCode>(tl::make_unexpected(proven.error()));
    }

    Result<ExitCode> send(reports::Outbox& outbox, const reports::Selection& wanted) {
        auto asking = ask();
        if (!asking) {
            return tl::make_unexpected(asking.error());
        }
        const auto server = server_of(settings_.reports.mail, asking->runtime->host_name);
        const auto key = reports::token_key(settings_.reports.mail.token_key);
        if (!server || !key) {
            return tl::make_unexpected(!server ? server.error() : key.error());
        }
        if (auto proven = prove(asking->runtime, *asking->inquiries, clock_.now(), console_); !proven) {
            return tl::make_unexpected(proven.error());
        }
        reports::SmtpSession session(*server);
        return hand_out(outbox, wanted, asking->runtime, *asking->inquiries, session, *key);
    }

  private:
    struct Asking {
        std::shared_ptr<const runtime::Runtime> runtime;
        std::unique_ptr<reports::Inquiries> inquiries;
    };

    Result<Asking> ask() {
        auto runtime = runtime_of(settings_);
        if (!runtime) {
            return tl::make_unexpected(runtime.error());
        }
        auto source = open_source(options_.dns, settings_, console_);
        if (!source) {
            return tl::make_unexpected(source.error());
        }
        auto inquiries = std::make_unique<reports::Inquiries>(
            std::move(*source), (*runtime)->checks.dmarc_options, settings_.dns.questions_per_message);
        return Asking{std::move(*runtime), std::move(inquiries)};
    }

    Result<ExitCode> hand_out(reports::Outbox& outbox, const reports::Selection& wanted,
                              const std::shared_ptr<const runtime::Runtime>& runtime,
                              reports::Inquiries& inquiries, reports::SmtpSession& session,
                              const crypto::MacKey& key) {
        listen_to_signals();
        const reports::SendReports* run = nullptr;
        Progress progress(outbox, wanted, console_);
        reports::SendReports sending(
            settings_.reports, key, "paraph " PARAPH_VERSION, outbox,
            {.postman = session,
             .inquiries = inquiries,
             .now = [this] { return clock_.now(); },
             .ticks = std::chrono::steady_clock::now,
             .sleep = sleep_unless_told,
             .stops =
                 [&] {
                     progress.show(run->result(), clock_.now());
                     return told_to_stop != 0;
                 },
             .sign = [&](const std::string& mail) { return sign(runtime, mail, clock_.now()); },
             .say =
                 [&](const std::string& text) {
                     progress.clear();
                     fmt::print(console_.err, "paraph report send: {}\n", base::printable(text));
                 }});
        run = &sending;
        const auto done = sending.run(wanted);
        progress.clear();
        const auto kept = outbox.save_run(runtime->host_name, sending.result());
        constexpr base::UnixTime kept_for = 30 * ::report::seconds_a_day; // longer than any bounce takes
        const auto forgotten = outbox.forget(clock_.now() - kept_for);
        print_result(sending.result(), console_);
        if (!done) {
            return tl::make_unexpected(done.error());
        }
        return kept && forgotten ? Result<ExitCode>(ExitCode::ok)
                                 : reports::fail_for(kept ? forgotten.error() : kept.error());
    }

    const ReportSendOptions& options_;
    const config::Settings& settings_;
    Console& console_;
    Clock clock_;
};

Result<ExitCode> send_reports(const ReportSendOptions& options, Console& console) {
    const auto loaded = usable_configuration(options.config, console);
    const auto wanted = selection_of(options);
    if (!loaded || !wanted) {
        return tl::make_unexpected(!loaded ? loaded.error() : wanted.error());
    }
    const config::Settings& settings = *loaded->settings;
    if (!settings.reports.enabled || settings.reports.mail.from.empty()) {
        if (options.dry_run || ::isatty(STDOUT_FILENO) == 1) { // a timer's log need not have it each hour
            fmt::print(console.out, "No reports are sent: {}\n",
                       settings.reports.enabled ? "'reports.from' is not set" : "'reports.enabled' is false");
        }
        return ExitCode::ok;
    }
    if (!reports::OpenOutbox::is_there(settings)) {
        fmt::print(console.out, "No reports are sent: nothing is counted yet, and there is no {}\n",
                   settings.reports.store);
        return ExitCode::ok;
    }
    auto open = reports::OpenOutbox::open(settings);
    if (!open) {
        return tl::make_unexpected(open.error());
    }
    Run run(options, settings, console);
    if (options.dry_run || !options.out.empty()) {
        return options.dry_run ? run.dry_run(open->outbox(), *wanted)
                               : run.preview(open->outbox(), *wanted, nullptr);
    }
    std::unique_ptr<keys::Descriptor> lock;
    if (config::is_path(settings.reports.store)) {
        auto locked = reports::lock_run(settings.reports.store);
        if (!locked) {
            return tl::make_unexpected(locked.error());
        }
        lock = std::move(*locked);
    }
    return run.send(open->outbox(), *wanted);
}

} // namespace

void add_report_send(command_line::App& report, Command& chosen) {
    auto options = std::make_shared<ReportSendOptions>();
    command_line::App* sub = report.add_subcommand("send", "Send the reports of all days that are over");
    sub->footer("Examples:\n  paraph report send\n  paraph report send --dry-run\n"
                "  paraph report send --domain example.org --date 2027-01-31 --out /tmp/reports");
    add_config_option(*sub, options->config);
    sub->add_option("--domain", options->domain, "Only about this policy domain")->type_name("DOMAIN");
    sub->add_option("--date", options->date, "Only of this day, UTC")->type_name("YYYY-MM-DD");
    sub->add_flag("-n,--dry-run", options->dry_run,
                  "Tell what would be sent to whom; nothing leaves or changes");
    sub->add_option("--out", options->out, "Write the reports into this directory and send nothing")
        ->type_name("DIR");
    sub->add_option("--now", options->now, "As if it were that time")->type_name("UNIXTIME");
    add_dns_options(*sub, options->dns);
    sub->final_callback([options, &chosen] {
        chosen = [options](Console& console) { return send_reports(*options, console); };
    });
}

} // namespace milter::tool
