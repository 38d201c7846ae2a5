// One message offered to a filter the way Postfix does it.
//
// smtpd(8) calls the filter while the client talks; cleanup(8) makes up a session for mail that never was in
// SMTP: client localhost, addresses without angle brackets, and a queue id from the start.
#pragma once

#include "base/ip_address.h"
#include "message/parse_message.h"
#include "milter/tool/command.h"
#include "milter/tool/probe/milter_client.h"

#include <optional>
#include <string>
#include <vector>

namespace milter::tool {

struct ProbeEnvelope {
    std::optional<base::IpAddress> client; // none: an unknown address
    std::string client_name = "unknown";   // by reverse lookup
    std::string helo;
    std::string mail_from;
    std::vector<std::string> recipients;
    std::string daemon_name; // {daemon_name}
    std::string auth;        // {auth_authen}; empty: not authenticated
    bool non_smtp = false;
    std::string local_name = "probe.localhost"; // {j}
};

struct ProbeResult {
    std::string stage; // the event that ended it
    Reply reply;
    std::vector<Edit> edits;
    bool leading_space = false;
};

// The values Postfix would give.
[[nodiscard]] std::string macro_value(const ProbeEnvelope& envelope, const std::string& name);

// How a header field is shown to the filter: folds as LF, and the blank after the colon only where it asked
// for it.
[[nodiscard]] std::string header_data(const message::HeaderField& field, bool leading_space);

[[nodiscard]] std::string connect_data(const ProbeEnvelope& envelope);

// What the subcommand ends with.
[[nodiscard]] Failure failure_of(const MilterFailure& failure);

[[nodiscard]] Result<ProbeResult> probe(MilterConnection connection, const ProbeEnvelope& envelope,
                                        const message::Message& message);

} // namespace milter::tool
