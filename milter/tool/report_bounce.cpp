// paraph report bounce: a mail that came back to the envelope sender of a report, on standard input.
//
// Whoever pipes mail into it does as the exit code says. So it is 0 for whatever anybody may send, or his
// server would make a bounce of a bounce; and 75 where the store or the key cannot be had, for another try.

#include "base/ascii.h"
#include "milter/command_line/app.h"
#include "milter/tool/configuration.h"
#include "milter/tool/message_input.h"
#include "milter/tool/report_commands.h"
#include "milter/tool/reports/bounce_token.h"
#include "milter/tool/reports/delivery_status.h"
#include "milter/tool/reports/open_outbox.h"
#include "milter/tool/reports/returned_report.h"
#include "milter/tool/reports/token_key.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <cstdlib>
#include <istream>
#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

struct ReportBounceOptions {
    std::string config;
    std::string recipient;
    std::optional<base::UnixTime> now;
};

// The beginning; the rest is read and dropped, for a pipe that breaks is a fault to mail servers.
std::string read_bounce(std::istream& in) {
    constexpr std::size_t most = std::size_t{256} * 1024 * 1024;
    std::string text(reports::longest_bounce, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    in.ignore(static_cast<std::streamsize>(most));
    return text;
}

// As the mail server says it, then as the mail does: the code in it cannot be made up.
std::string recipients(const ReportBounceOptions& options, const std::string& mail) {
    std::string all = options.recipient + '\n';
    for (const auto* name : {"ORIGINAL_RECIPIENT", "RECIPIENT"}) { // of Postfix's local(8)
        const char* value = std::getenv(name);
        all += std::string(value == nullptr ? "" : value) + '\n';
    }
    return all + reports::recipient_fields(mail);
}

Result<ExitCode> take_bounce(const ReportBounceOptions& options, Console& console) {
    const auto mail = read_bounce(console.in);
    const auto say = [&](std::string_view text) {
        fmt::print(console.out, "paraph report bounce: {}\n", base::printable(text));
        return ExitCode::ok;
    };
    const auto loaded = usable_configuration(options.config, console);
    const auto key = loaded ? reports::read_token_key(loaded->settings->reports.mail.token_key)
                            : Result<crypto::MacKey>(tl::make_unexpected(loaded.error()));
    if (!key) {
        return fail(ExitCode::temporary, key.error().message);
    }
    const auto now = reception_time(options.now);
    const auto token = reports::find_bounce_token(recipients(options, mail), *key, now);
    if (!token) {
        return say("not to a report's envelope sender");
    }
    const auto status = reports::read_delivery_status(mail);
    if (!status || !status->failed) {
        return say(status ? "no failure" : "no delivery status notification");
    }
    auto open = reports::OpenOutbox::open(*loaded->settings);
    if (!open) {
        return fail(ExitCode::temporary, open.error().message);
    }
    const auto said = reports::note_returned(open->outbox(), token->delivery, status->why, now);
    return said ? Result<ExitCode>(say(*said)) : fail(ExitCode::temporary, said.error().text);
}

} // namespace

void add_report_bounce(command_line::App& report, Command& chosen) {
    auto options = std::make_shared<ReportBounceOptions>();
    command_line::App* sub =
        report.add_subcommand("bounce", "Take a report that came back, from a mail server's pipe");
    sub->footer("Example, in master.cf:\n  paraph-bounce unix - n n - 1 pipe\n"
                "    user=paraph argv=/usr/bin/paraph report bounce --recipient ${original_recipient}");
    add_config_option(*sub, options->config);
    sub->add_option("--recipient", options->recipient, "Whom the mail came to")->type_name("ADDRESS");
    sub->add_option("--now", options->now, "As if it were that time")->type_name("UNIXTIME");
    sub->final_callback([options, &chosen] {
        chosen = [options](Console& console) { return take_bounce(*options, console); };
    });
}

} // namespace milter::tool
