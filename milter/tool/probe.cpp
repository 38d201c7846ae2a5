// paraph probe: asks a running daemon what it would do with a message.

#include "base/ascii.h"
#include "base/secret_text.h"
#include "milter/command_line/app.h"
#include "milter/tool/commands.h"
#include "milter/tool/files.h"
#include "milter/tool/header_edits.h"
#include "milter/tool/message_input.h"
#include "milter/tool/probe_session.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>

namespace milter::tool {

namespace {

using base::printable;

struct ProbeOptions {
    std::string socket;
    std::string ip = "192.0.2.1";
    std::string helo = "probe.example";
    ProbeEnvelope envelope;
    unsigned timeout = 60;
    bool json = false;
    std::string output;
    std::string file;
};

std::string_view word(Reply::Kind kind) {
    switch (kind) {
    case Reply::Kind::proceed:
        return "continue";
    case Reply::Kind::accept:
        return "accept";
    case Reply::Kind::reject:
        return "reject";
    case Reply::Kind::tempfail:
        return "tempfail";
    case Reply::Kind::discard:
        return "discard";
    case Reply::Kind::code:
        return "reply";
    case Reply::Kind::skip:
        return "skip";
    case Reply::Kind::close:
        return "close the connection";
    }
    return "?";
}

std::string_view word(Edit::Kind kind) {
    switch (kind) {
    case Edit::Kind::insert:
        return "insert";
    case Edit::Kind::add:
        return "add";
    case Edit::Kind::change:
        return "change";
    case Edit::Kind::remove:
        return "delete";
    case Edit::Kind::quarantine:
        return "quarantine";
    case Edit::Kind::replace_body:
        return "replace body";
    case Edit::Kind::add_recipient:
        return "add recipient";
    case Edit::Kind::delete_recipient:
        return "delete recipient";
    case Edit::Kind::change_sender:
        return "change sender";
    }
    return "?";
}

std::string place(const Edit& edit) {
    switch (edit.kind) {
    case Edit::Kind::insert:
        return fmt::format(" at {}", edit.index);
    case Edit::Kind::change:
    case Edit::Kind::remove:
        return fmt::format(" number {}", edit.index);
    default:
        return {};
    }
}

void print_edit(const Edit& edit, bool leading_space, std::ostream& out) {
    constexpr std::size_t max_line = 4096;
    if (edit.name.empty()) {
        fmt::print(out, "{}: {}\n", word(edit.kind), printable(edit.value));
        return;
    }
    fmt::print(out, "{}{} {}:", word(edit.kind), place(edit), printable(edit.name));
    const char* separator = leading_space ? "" : " ";
    const std::string value = with_line_ends(edit.value, false);
    for (const std::string_view line : base::split(value, '\n')) {
        std::string text(line);
        std::replace(text.begin(), text.end(), '\t', ' ');
        fmt::print(out, "{}{}\n", separator, printable(text, max_line));
        separator = "   ";
    }
}

void print_words(const ProbeResult& result, std::ostream& out) {
    fmt::print(out, "{}: {}{}{}\n", result.stage, word(result.reply.kind),
               result.reply.text.empty() ? "" : " ", printable(result.reply.text));
    for (const Edit& edit : result.edits) {
        print_edit(edit, result.leading_space, out);
    }
    if (result.edits.empty()) {
        fmt::print(out, "no edits\n");
    }
}

void print_json(const ProbeResult& result, std::ostream& out) {
    using Json = nlohmann::ordered_json;
    Json edits = Json::array();
    for (const Edit& edit : result.edits) {
        edits.push_back(
            {{"edit", word(edit.kind)}, {"index", edit.index}, {"name", edit.name}, {"value", edit.value}});
    }
    const Json json{{"stage", result.stage},
                    {"reply", word(result.reply.kind)},
                    {"text", result.reply.text},
                    {"edits", edits}};
    out << json.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

// The message as the MTA would store it, with the line ends of the input.
std::string edited(const MessageFile& file, const ProbeResult& result) {
    std::vector<std::string> fields;
    for (const message::HeaderField& field : file.message.headers) {
        fields.push_back(field.text());
    }
    apply_header_edits(fields, result.edits, result.leading_space);
    std::string text;
    for (const std::string& field : fields) {
        text += field + "\r\n";
    }
    return with_line_ends(text + "\r\n" + file.message.body, uses_crlf(file.text));
}

// A field that no MTA would show a filter as such.
Result<void> check_header(const message::Message& message, const std::string& file) {
    for (const message::HeaderField& field : message.headers) {
        if (!field.well_formed()) {
            return fail(ExitCode::data,
                        fmt::format("{}: an MTA would not pass on this line as a header field: {}", file,
                                    printable(field.text(), 80)));
        }
    }
    return {};
}

Result<ProbeEnvelope> complete(const ProbeOptions& options) {
    ProbeEnvelope envelope = options.envelope;
    envelope.client = base::IpAddress::parse(options.ip);
    envelope.helo = options.helo;
    if (envelope.non_smtp) { // what cleanup(8) makes up
        envelope.client = base::IpAddress::parse("127.0.0.1");
        envelope.client_name = "localhost";
        envelope.helo = "localhost";
    }
    if (!envelope.client) {
        return fail(ExitCode::usage, fmt::format("--ip {}: not an IP address", base::shown(options.ip)));
    }
    if (envelope.recipients.empty()) {
        envelope.recipients.emplace_back("postmaster@localhost");
    }
    return envelope;
}

Result<ProbeResult> run_probe(const ProbeOptions& options, const message::Message& message) {
    const auto address = base::SocketName::parse(options.socket);
    if (!address) {
        return fail(ExitCode::usage,
                    fmt::format("--socket {}: {}", base::shown(options.socket), address.error().message));
    }
    const auto envelope = complete(options);
    if (!envelope) {
        return tl::make_unexpected(envelope.error());
    }
    auto connection = MilterConnection::open(*address, std::chrono::seconds(options.timeout));
    if (!connection) {
        return tl::make_unexpected(failure_of(connection.error()));
    }
    return probe(std::move(*connection), *envelope, message);
}

// The mail server would keep the message and try again: scripts have to learn that mail does not flow.
bool is_temporary(const Reply& reply) {
    return reply.kind == Reply::Kind::tempfail || reply.kind == Reply::Kind::close ||
           (reply.kind == Reply::Kind::code && reply.text.starts_with('4'));
}

Result<ExitCode> probe_command(const ProbeOptions& options, Console& console) {
    const auto file = read_message(options.file, {}, console);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    if (auto checked = check_header(file->message, options.file); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto result = run_probe(options, file->message);
    if (!result) {
        return tl::make_unexpected(result.error());
    }
    if (options.json) {
        print_json(*result, console.out);
    } else {
        print_words(*result, console.out);
    }
    if (!options.output.empty()) {
        if (auto written = write_output(options.output, edited(*file, *result), console); !written) {
            return tl::make_unexpected(written.error());
        }
    }
    return is_temporary(result->reply) ? ExitCode::temporary : ExitCode::ok;
}

void add_session_options(command_line::App& sub, ProbeOptions& options) {
    auto* ip = sub.add_option("--ip", options.ip, "Client address")->type_name("ADDR")->capture_default_str();
    auto* helo =
        sub.add_option("--helo", options.helo, "HELO name")->type_name("NAME")->capture_default_str();
    sub.add_option("--client-name", options.envelope.client_name, "Client name by reverse lookup")
        ->type_name("NAME")
        ->capture_default_str();
    sub.add_option("--mail-from", options.envelope.mail_from, "Envelope sender (default: <>, as of a bounce)")
        ->type_name("ADDRESS");
    sub.add_option("--rcpt", options.envelope.recipients, "Recipient; may be given again")
        ->type_name("ADDRESS")
        ->allow_extra_args(false);
    sub.add_option("--daemon-name", options.envelope.daemon_name, "Value of {daemon_name}")
        ->type_name("NAME");
    auto* auth = sub.add_option("--auth", options.envelope.auth, "SASL login name")->type_name("USER");
    sub.add_flag("--postfix-non-smtp", options.envelope.non_smtp,
                 "Mail of sendmail(1), through non_smtpd_milters")
        ->excludes(ip)
        ->excludes(helo)
        ->excludes(auth);
}

} // namespace

void add_probe(command_line::App& app, Command& chosen) {
    constexpr unsigned longest_timeout = 3600;
    auto options = std::make_shared<ProbeOptions>();
    command_line::App* sub =
        app.add_subcommand("probe", "Offer a message to a running milter as Postfix would, show its edits");
    sub->footer(
        "Examples:\n  paraph probe --socket inet:127.0.0.1:8891 --ip 192.0.2.25 --helo mx.example.org \\\n"
        "      --mail-from ann@example.org mail.eml\n"
        "  paraph probe --socket inet:127.0.0.1:8891 --auth ann --mail-from ann@example.org mail.eml");
    sub->add_option("--socket", options->socket,
                    "inet:HOST:PORT, inet:PORT@HOST, inet6:[HOST]:PORT or unix:PATH")
        ->required()
        ->type_name("ADDRESS");
    add_session_options(*sub, *options);
    sub->add_option("--timeout", options->timeout, "Seconds to wait for a connection and for each reply")
        ->within(1, longest_timeout)
        ->capture_default_str();
    sub->add_option("--output", options->output, "Write the message with all edits to this file")
        ->type_name("FILE");
    sub->add_flag("--json", options->json, "Print one JSON object");
    sub->add_option("FILE", options->file, "The message, or - for standard input")->required();
    sub->callback([options, &chosen] {
        chosen = [options](Console& console) { return probe_command(*options, console); };
    });
}

} // namespace milter::tool
