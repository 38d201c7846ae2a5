// paraph verify: what the daemon would find out about a message, and why.

#include "authenticate/border.h"
#include "authenticate/inbound.h"
#include "authenticate/results.h"
#include "authenticate/told.h"
#include "authres/format.h"
#include "base/ascii.h"
#include "milter/command_line/app.h"
#include "milter/record/explain.h"
#include "milter/record/json.h"
#include "milter/runtime/relay_rules.h"
#include "milter/runtime/runtime.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/dns_options.h"
#include "milter/tool/envelope_options.h"
#include "milter/tool/fail_on.h"
#include "milter/tool/header_edits.h"
#include "milter/tool/lookups_json.h"
#include "milter/tool/message_input.h"
#include "milter/tool/policy_report.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <optional>

namespace milter::tool {

namespace {

struct VerifyOptions {
    EnvelopeOptions envelope;
    DnsOptions dns;
    PolicyOptions policy;
    std::string config;
    std::string authserv_id;
    std::optional<base::UnixTime> now;
    bool relay = false;
    bool json = false;
    std::string fail_on;
    std::string file;
};

struct Verified {
    authenticate::Verdict verdict;
    std::vector<authres::MethodResult> results;
    std::optional<PolicyReport> policy;
    std::string field;      // CRLF folds
    std::string relay_note; // where the daemon would not take --ip for a relay
};

// The mail server that delivered the message wrote a field of its own on top, about the relay. The daemon
// does not see it.
message::HeaderList without_own_field(const message::HeaderList& headers, const base::IpAddress& relay) {
    message::HeaderList rest;
    bool first = true;
    for (const auto& field : headers) {
        const bool received = first && field.is_named("Received");
        const auto hop = received ? message::parse_received(field.body(), message::ReceivedForm::any)
                                  : base::Result<message::ReceivedHop>();
        if (!received || !hop || hop->client != relay) {
            rest.add(field);
        }
        first = first && !received;
    }
    return rest;
}

struct CheckedEnvelope {
    authenticate::Envelope envelope;
    bool unknown_relay = false; // --relay says what the settings do not
    std::string missed;         // a relay of the settings whose name has no address; empty: none
};

// With --relay, and for a relay of the settings as the daemon has it, the client is who handed the message to
// it.
Result<CheckedEnvelope> checked_envelope(const VerifyOptions& options, const config::Settings& settings,
                                         const authenticate::Envelope& given,
                                         const message::Message& message) {
    if (options.relay && !given.client) {
        return fail(ExitCode::usage, "--relay needs --ip, the address of the relay");
    }
    auto relays = runtime::relay_rules(settings.relays, runtime::look_up_host, {});
    auto& rules = relays.rules;
    const bool known = given.client && authenticate::find_relay(rules, *given.client) != nullptr;
    if (options.relay && !known) {
        const auto address = base::IpNetwork::parse(given.client->print());
        rules.relays.push_back({.addresses = {*address}, .inside = {}, .names = {}, .form = {}});
    }
    if (!known && !options.relay) {
        return CheckedEnvelope{given, false, relays.missed()};
    }
    const auto headers = options.relay ? without_own_field(message.headers, *given.client) : message.headers;
    return CheckedEnvelope{authenticate::at_border(given, headers, rules), !known, relays.missed()};
}

Result<Verified> check(const VerifyOptions& options, const config::Loaded& loaded,
                       const message::Message& message, Lookups& lookups) {
    const config::Settings& settings = *loaded.settings;
    const auto checks = make_checks(settings);
    const auto id = authserv_id(options.authserv_id, settings);
    const auto given = make_envelope(options.envelope);
    if (!checks || !id || !given) {
        return tl::make_unexpected(!checks ? checks.error() : !id ? id.error() : given.error());
    }
    const auto checked = checked_envelope(options, settings, *given, message);
    if (!checked) {
        return tl::make_unexpected(checked.error());
    }
    const HashedMessage hashed = hash_message(message, checks->options.dkim_options.limits);
    const authenticate::Input input{checked->envelope, message.headers, hashed.signatures, hashed.bodies,
                                    reception_time(options.now)};
    auto verdict = lookups.finish(
        [&](const dns::Answers& known) { return authenticate::inbound(input, known, checks->options); });
    if (!verdict) {
        return tl::make_unexpected(verdict.error());
    }
    Verified verified{std::move(*verdict), {}, {}, {}, {}};
    verified.results = authenticate::results(verified.verdict, {.every_helo = settings.spf.report_helo});
    auto policy = report_policies(loaded, options.policy, verified.verdict, checked->envelope,
                                  message.headers, input.now);
    authenticate::tell_disposition(policy.chosen_disposition(), verified.results);
    if (!checked->missed.empty()) {
        policy.notes.push_back(
            fmt::format("the relay '{}' cannot be looked up: a daemon that starts now refuses "
                        "nothing until it is found, and marks instead",
                        checked->missed));
    }
    if (options.policy.wanted) {
        verified.policy = std::move(policy);
    }
    const std::string file = loaded.files.empty() ? options.config : loaded.files.front();
    if (checked->unknown_relay && !file.empty()) {
        verified.relay_note = fmt::format("{0} is no relay in {1}: the daemon would check {0} itself",
                                          given->client->print(), file);
    }
    verified.field = "Authentication-Results: " + authres::format(*id, verified.results);
    return verified;
}

void print_json(const Verified& verified, const Lookups& lookups, std::ostream& out) {
    auto json = record::to_json(verified.verdict);
    json["results"] = record::to_json(verified.results);
    json["authentication_results"] = verified.field;
    if (verified.policy) {
        json["policy"] = to_json(*verified.policy);
    }
    if (!verified.relay_note.empty()) {
        json["note"] = verified.relay_note;
    }
    json["questions"] = to_json(lookups);
    out << record::dump(json);
}

void print_words(const Verified& verified, std::ostream& out) {
    record::explain(out, verified.verdict);
    if (!verified.relay_note.empty()) {
        fmt::print(out, "\n{}\n", base::printable(verified.relay_note));
    }
    if (verified.policy) {
        print_words(*verified.policy, out);
    }
    fmt::print(out, "\n{}\n", with_line_ends(verified.field, false));
}

// The command line admits only what can be read.
std::vector<Wanted> wanted_results(const std::string& fail_on) {
    return fail_on.empty() ? std::vector<Wanted>() : parse_fail_on(fail_on).value_or(std::vector<Wanted>());
}

std::string problem_of_fail_on(const std::string& text) {
    const auto wanted = parse_fail_on(text);
    return wanted ? std::string() : wanted.error();
}

// A check that was not made must not look like one that found nothing.
Result<void> require_checked(const std::vector<Wanted>& wanted, const VerifyOptions& options,
                             const Verified& verified) {
    const auto method = unchecked_method(wanted, verified.results);
    if (method.empty()) {
        return {};
    }
    const bool lacks_client = options.envelope.ip.empty() && (method == "spf" || method == "iprev");
    return fail(ExitCode::usage, fmt::format("--fail-on: {} is not checked {}", method,
                                             lacks_client ? "without --ip" : "with these settings"));
}

ExitCode exit_code(const std::vector<Wanted>& wanted, const Verified& verified) {
    if (has_any(wanted, verified.results)) {
        return ExitCode::found;
    }
    return record::is_temporary(verified.verdict) ? ExitCode::temporary : ExitCode::ok;
}

// The policy is the daemon's: its file is read where none is named.
Result<config::Loaded> load(const VerifyOptions& options, Console& console) {
    if (options.policy.wanted) {
        return usable_configuration(options.config, console);
    }
    auto settings = load_settings(options.config);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    config::Loaded loaded;
    loaded.settings = std::move(*settings);
    return loaded;
}

Result<ExitCode> verify(const VerifyOptions& options, Console& console) {
    const auto wanted = wanted_results(options.fail_on);
    const auto loaded = load(options, console);
    if (!loaded) {
        return tl::make_unexpected(loaded.error());
    }
    const config::Settings& settings = *loaded->settings;
    const auto file = read_mail(options.file, runtime::message_limits(settings), console);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    auto lookups = open_lookups(options.dns, settings, console);
    if (!lookups) {
        return tl::make_unexpected(lookups.error());
    }
    const auto verified = check(options, *loaded, file->message, *lookups);
    if (!verified) {
        return tl::make_unexpected(verified.error());
    }
    if (auto checked = require_checked(wanted, options, *verified); !checked) {
        return tl::make_unexpected(checked.error());
    }
    if (options.json) {
        print_json(*verified, *lookups, console.out);
    } else {
        print_words(*verified, console.out);
    }
    if (auto reported = report_lookups(options.dns, *lookups, options.json, console); !reported) {
        return tl::make_unexpected(reported.error());
    }
    return exit_code(wanted, *verified);
}

void declare(command_line::App& sub, const std::shared_ptr<VerifyOptions>& options, Command& chosen) {
    add_envelope_options(sub, options->envelope);
    add_policy_options(sub, options->policy);
    add_dns_options(sub, options->dns);
    sub.add_option("-c,--config", options->config, "Take settings from this configuration")
        ->type_name("FILE");
    sub.add_option("--authserv-id", options->authserv_id, "Name in the Authentication-Results field")
        ->type_name("ID");
    sub.add_flag("--relay", options->relay,
                 "--ip is a relay of ours: check the client that its Received field names");
    sub.add_option("--now", options->now, "Time of reception, for t= and x= of signatures")
        ->type_name("UNIXTIME");
    sub.add_option("--fail-on", options->fail_on,
                   "Exit with 1 on one of these results, such as fail or dmarc=fail,spf=softfail")
        ->type_name("RESULT[,RESULT]")
        ->check(problem_of_fail_on, "RESULT[,RESULT]");
    sub.add_flag("--json", options->json, "Print one JSON object");
    sub.add_option("FILE", options->file, "The message, or - for standard input")->required();
    sub.callback(
        [options, &chosen] { chosen = [options](Console& console) { return verify(*options, console); }; });
}

} // namespace

void add_verify(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<VerifyOptions>();
    command_line::App* sub =
        app.add_subcommand("verify", "Check SPF, DKIM and DMARC of a message and explain the verdict");
    sub->footer(R"(Example:
  paraph verify --ip 192.0.2.25 --helo mx.example.org --mail-from ann@example.org mail.eml)");
    sub->add_flag("--policy", options->policy.wanted,
                  "Also say what each policy of the configuration would do, and which line says so");
    declare(*sub, options, chosen);
}

void add_policy(command_line::App& app, Command& chosen) {
    command_line::App* group = app.add_subcommand("policy", "Try the policy of the configuration");
    group->require_subcommand(1);
    auto options = std::make_shared<VerifyOptions>();
    options->policy.wanted = true;
    command_line::App* sub =
        group->add_subcommand("test", "Say what would be done with a message: verify --policy");
    sub->footer(R"(Example:
  paraph policy test --ip 192.0.2.25 --mail-from ann@example.org --rcpt bob@example.com mail.eml)");
    declare(*sub, options, chosen);
}

} // namespace milter::tool
