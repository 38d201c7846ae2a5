// paraph spf: may this address send for this identity, and which term says so?

#include "authenticate/sender.h"
#include "message/reverse_path.h"
#include "milter/command_line/app.h"
#include "milter/record/explain.h"
#include "milter/record/json.h"
#include "milter/runtime/runtime.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/envelope_options.h"
#include "milter/tool/lookups_json.h"
#include "milter/tool/message_input.h"
#include "spf/received_spf.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace milter::tool {

namespace {

struct SpfOptions {
    EnvelopeOptions envelope;
    DnsOptions dns;
    std::string config;
    bool json = false;
    bool field = false;
};

void print_json(const authenticate::SenderVerdict& sender, const Lookups& lookups, std::ostream& out) {
    nlohmann::ordered_json json;
    json["mail_from"] = sender.mail_from ? record::to_json(*sender.mail_from) : nlohmann::ordered_json();
    json["helo"] = sender.helo ? record::to_json(*sender.helo) : nlohmann::ordered_json();
    json["null_sender"] = sender.null_sender;
    json["path_problem"] = sender.path_problem;
    json["questions"] = to_json(lookups);
    out << record::dump(json);
}

// RFC 7208 9.1: the field that a mail server would add for this client.
void print_field(const authenticate::SenderVerdict& sender, const authenticate::Envelope& envelope,
                 const std::string& receiver, std::ostream& out) {
    const auto& verdict = sender.mail_from ? sender.mail_from : sender.helo;
    if (!verdict || !envelope.client) {
        return;
    }
    const auto path = message::read_reverse_path(envelope.mail_from);
    const spf::Request request{.client = *envelope.client,
                               .helo = envelope.helo,
                               .identity = verdict->identity,
                               .local_part = path.local_part,
                               .domain = path.domain,
                               .receiver = receiver};
    std::string field = "Received-SPF: " + spf::format_received_spf(*verdict, request);
    std::erase(field, '\r');
    out << field << '\n';
}

Result<ExitCode> spf(const SpfOptions& options, Console& console) {
    const auto settings = load_settings(options.config);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    auto checks = make_checks(*settings);
    const auto envelope = make_envelope(options.envelope);
    auto lookups = open_lookups(options.dns, *settings, console);
    if (!checks || !envelope || !lookups) {
        return tl::make_unexpected(!checks ? checks.error() : !envelope ? envelope.error() : lookups.error());
    }
    if (envelope->helo.empty() && (envelope->mail_from.empty() || envelope->mail_from == "<>")) {
        return fail(ExitCode::usage,
                    "the name to check is missing: give --helo NAME, --mail-from ADDRESS or both; a bounce, "
                    "<>, is checked by its HELO name");
    }
    checks->options.spf = true; // asked for, whatever the configuration says
    checks->options.iprev = false;
    const auto now = reception_time(std::nullopt);
    auto sender = lookups->finish([&](const dns::Answers& known) {
        return authenticate::check_sender(*envelope, now, known, checks->options);
    });
    if (!sender) {
        return tl::make_unexpected(sender.error());
    }
    if (options.json) {
        print_json(*sender, *lookups, console.out);
    } else if (options.field) {
        print_field(*sender, *envelope, runtime::host_name(), console.out);
    } else {
        record::explain(console.out, *sender);
    }
    if (auto reported = report_lookups(options.dns, *lookups, options.json, console); !reported) {
        return tl::make_unexpected(reported.error());
    }
    return record::is_temporary(*sender) ? ExitCode::temporary : ExitCode::ok;
}

} // namespace

void add_spf(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<SpfOptions>();
    command_line::App* sub =
        app.add_subcommand("spf", "Evaluate SPF for a client and explain it term by term");
    sub->footer("Example:\n  paraph spf --ip 192.0.2.25 --helo mx.example.org --mail-from ann@example.org");
    add_envelope_options(*sub, options->envelope);
    sub->get_option("--ip")->required();
    add_dns_options(*sub, options->dns);
    sub->add_option("-c,--config", options->config, "Take settings from this configuration")
        ->type_name("FILE");
    sub->add_flag("--json", options->json, "Print one JSON object");
    sub->add_flag("--received-spf", options->field,
                  "Print the Received-SPF field that a mail server would add, and nothing else");
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return tool::spf(*options, console); };
    });
}

} // namespace milter::tool
