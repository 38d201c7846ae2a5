// paraph sign: the DKIM-Signature fields the daemon would add, or those of one key.

#include "dkim/sign.h"
#include "base/ascii.h"
#include "crypto/signing_key.h"
#include "milter/command_line/app.h"
#include "milter/runtime/runtime.h"
#include "milter/session/outbound.h"
#include "milter/tool/commands.h"
#include "milter/tool/configuration.h"
#include "milter/tool/files.h"
#include "milter/tool/header_edits.h"
#include "milter/tool/message_input.h"
#include "milter/tool/sign_why.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <ostream>
#include <vector>

namespace milter::tool {

namespace {

struct SignCommandOptions {
    std::string config;
    std::string key;
    std::string domain;
    std::string selector;
    std::string identity;
    std::string canonicalization = "relaxed/relaxed";
    std::optional<base::UnixTime> now;
    bool field_only = false;
    std::string file;
    WhyOptions why;
};

// Whole fields with CRLF folds, in the order in which the daemon inserts them: the last one ends up first.
using Fields = std::vector<std::string>;

dkim::Canonicalization canonicalization(std::string_view word) {
    return word == "simple" ? dkim::Canonicalization::simple : dkim::Canonicalization::relaxed;
}

Result<Fields> sign_with_key(const SignCommandOptions& options, const message::Message& message,
                             Console& console) {
    const auto pem = read_input(options.key, console);
    if (!pem) { // as of a key that the configuration names
        return fail(ExitCode::config, pem.error().message);
    }
    const auto key = crypto::SigningKey::from_pem(*pem);
    if (!key) {
        return fail(ExitCode::data, fmt::format("{}: {}", options.key, key.error().message));
    }
    dkim::SignOptions sign;
    sign.domain = options.domain;
    sign.selector = options.selector;
    sign.identity = options.identity;
    const std::size_t slash = options.canonicalization.find('/');
    sign.header_canonicalization =
        canonicalization(std::string_view(options.canonicalization).substr(0, slash));
    sign.body_canonicalization =
        canonicalization(std::string_view(options.canonicalization).substr(slash + 1));
    dkim::BodyHashes bodies;
    const std::size_t hash = bodies.request(sign.body_canonicalization, std::nullopt);
    bodies.update(message.body);
    bodies.finish();
    const auto field =
        dkim::sign(sign, *key, message.headers, bodies.digest(hash), reception_time(options.now));
    if (!field) {
        return fail(ExitCode::data, fmt::format("cannot sign: {}", field.error().message));
    }
    return Fields{"DKIM-Signature:" + *field};
}

Result<Fields> sign_as_daemon(const SignCommandOptions& options, const config::Settings& settings,
                              const message::Message& message) {
    const auto built = runtime::build_runtime(settings, runtime::host_name());
    if (!built.runtime) {
        std::string problems = fmt::format("{}: the configuration cannot be used", options.config);
        for (const std::string& problem : built.problems) {
            problems += '\n' + problem;
        }
        return fail(ExitCode::config, std::move(problems));
    }
    auto submission = submission_of(options.why);
    if (!submission) {
        return tl::make_unexpected(submission.error());
    }
    session::Outbound outbound(built.runtime, std::move(*submission));
    outbound.end_of_header(message.headers, {}); // the operator says whose mail it is
    outbound.body(message.body);
    const session::Signed done = outbound.finish(message.headers, reception_time(options.now));
    if (!done.failure.empty()) {
        return fail(ExitCode::config, done.failure);
    }
    if (done.fields.empty()) {
        return fail(ExitCode::data, fmt::format("the daemon would not sign: {}", done.unsigned_because));
    }
    Fields fields;
    for (const session::HeaderInsertion& field : done.fields) {
        fields.push_back(field.name + ':' + field.body);
    }
    return fields;
}

// RFC 5322: fields go above the message; everything below stays byte for byte as it was.
void print_signed(const Fields& fields, const std::string& text, bool field_only, std::ostream& out) {
    const bool crlf = uses_crlf(text);
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        out << with_line_ends(*field, crlf) << (crlf ? "\r\n" : "\n");
    }
    if (!field_only) {
        out << text;
    }
}

Result<ExitCode> sign(const SignCommandOptions& options, Console& console) {
    const auto settings = load_settings(options.config);
    if (!settings) {
        return tl::make_unexpected(settings.error());
    }
    const auto file = read_mail(options.file, runtime::message_limits(*settings), console);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto fields = options.key.empty() ? sign_as_daemon(options, *settings, file->message)
                                            : sign_with_key(options, file->message, console);
    if (!fields) {
        return tl::make_unexpected(fields.error());
    }
    print_signed(*fields, file->text, options.field_only, console.out);
    return ExitCode::ok;
}

void add_why_options(command_line::App& sub, WhyOptions& options) {
    auto* why = sub.add_option("--why", options.address,
                               "Say which keys sign mail with this address in From, or why none does")
                    ->type_name("ADDRESS");
    sub.add_option("--login", options.login, "As if this login had submitted it")->type_name("NAME");
    sub.add_option("--client", options.client, "As if this client had submitted it")->type_name("ADDR");
    sub.add_option("--daemon-name", options.daemon_name,
                   "As if it had come through this service ({daemon_name})")
        ->type_name("NAME");
    sub.add_option("--mail-from", options.mail_from, "The envelope sender, where key_fields asks for it")
        ->type_name("ADDRESS");
    sub.add_flag("--json", options.json, "Print one JSON object")->needs(why);
}

void add_key_options(command_line::App& sub, SignCommandOptions& options) {
    auto* key = sub.add_option("--key", options.key, "Sign with this private key (PEM)")->type_name("FILE");
    auto* domain =
        sub.add_option("--domain", options.domain, "Signing domain, d=")->needs(key)->type_name("DOMAIN");
    auto* selector =
        sub.add_option("--selector", options.selector, "Selector, s=")->needs(key)->type_name("SELECTOR");
    key->needs(domain)->needs(selector);
    sub.add_option("--identity", options.identity, "Agent or user identifier, i=")
        ->needs(key)
        ->type_name("ADDRESS");
    sub.add_option("--canonicalization", options.canonicalization, "Of header and body, c=")
        ->needs(key)
        ->among({"relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple"})
        ->capture_default_str();
    key->excludes(sub.add_option("-c,--config", options.config, "Sign with the keys of this configuration")
                      ->type_name("FILE"));
}

} // namespace

void add_sign(command_line::App& app, Command& chosen) {
    auto options = std::make_shared<SignCommandOptions>();
    command_line::App* sub = app.add_subcommand("sign", "Put DKIM-Signature fields on top of a message");
    sub->footer("Examples:\n  paraph sign --config /etc/paraph/paraph.yaml mail.eml\n"
                "  paraph sign --key s1.pem --domain example.org --selector s1 --field-only mail.eml\n"
                "  paraph sign --why ann@example.org --login ann");
    add_key_options(*sub, *options);
    add_why_options(*sub, options->why);
    sub->add_option("--now", options->now, "Time of signing, t=")->type_name("UNIXTIME");
    sub->add_flag("--field-only", options->field_only, "Print the fields without the message");
    sub->add_option("FILE", options->file, "The message, or - for standard input");
    sub->final_callback([options, &chosen] {
        if (!options->why.address.empty()) {
            if (!options->key.empty() || !options->file.empty()) {
                command_line::refuse_both("--why", options->key.empty() ? "FILE" : "--key");
            }
            options->why.config = options->config;
            chosen = [options](Console& console) { return explain_signing(options->why, console); };
            return;
        }
        if (options->file.empty()) {
            command_line::refuse_without("FILE");
        }
        if (options->key.empty() == options->config.empty()) {
            command_line::refuse_without("--config, or --key with --domain and --selector,");
        }
        chosen = [options](Console& console) { return sign(*options, console); };
    });
}

} // namespace milter::tool
