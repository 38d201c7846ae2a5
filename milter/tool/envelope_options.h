// The options that describe an SMTP session.
#pragma once

#include "authenticate/sender.h"
#include "milter/tool/command.h"

#include <string>

namespace milter::command_line {
class App;
}

namespace milter::tool {

struct EnvelopeOptions {
    std::string ip;        // --ip
    std::string helo;      // --helo
    std::string mail_from; // --mail-from
};

void add_envelope_options(command_line::App& app, EnvelopeOptions& options);

[[nodiscard]] Result<authenticate::Envelope> make_envelope(const EnvelopeOptions& options);

} // namespace milter::tool
