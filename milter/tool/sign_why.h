// Which keys sign for an author, and why none does: the daemon's own choice, in words.
#pragma once

#include "milter/session/key_field.h"
#include "milter/tool/command.h"

#include <string>

namespace milter::tool {

struct WhyOptions {
    std::string config; // empty: the default one
    std::string address;
    std::string login; // empty: nobody logs in
    std::string client;
    std::string daemon_name;
    std::string mail_from;
    bool json = false;
};

// Refused: a client that is no address.
[[nodiscard]] Result<session::Submission> submission_of(const WhyOptions& options);

[[nodiscard]] Result<ExitCode> explain_signing(const WhyOptions& options, Console& console);

} // namespace milter::tool
