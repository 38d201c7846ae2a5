#include "milter/tool/envelope_options.h"

#include "base/ascii.h"
#include "base/secret_text.h"
#include "milter/command_line/app.h"

#include <fmt/format.h>

namespace milter::tool {

void add_envelope_options(command_line::App& app, EnvelopeOptions& options) {
    app.add_option("--ip", options.ip, "Address of the SMTP client; without it SPF is not checked")
        ->type_name("ADDR");
    app.add_option("--helo", options.helo, "Name the client gave in HELO or EHLO")->type_name("NAME");
    app.add_option("--mail-from", options.mail_from, "Envelope sender; empty or <> for a bounce")
        ->type_name("ADDRESS");
}

Result<authenticate::Envelope> make_envelope(const EnvelopeOptions& options) {
    authenticate::Envelope envelope{std::nullopt, options.helo, options.mail_from};
    if (!options.ip.empty()) {
        envelope.client = base::IpAddress::parse(options.ip);
        if (!envelope.client) {
            return fail(ExitCode::usage, fmt::format("--ip {}: not an IP address", base::shown(options.ip)));
        }
    }
    return envelope;
}

} // namespace milter::tool
