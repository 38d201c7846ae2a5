// A failure report as a message (RFC 9991, RFC 6591, RFC 5965): three parts, of which the last is the header
// of the message that failed, without what is personal in it.
#pragma once

#include "authenticate/action.h"
#include "report/failure.h"
#include "report/identity.h"
#include "report/redact.h"
#include "report/spf_dns.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace report {

// Who reports, as the settings have it.
struct FailureReporter {
    Address from;
    std::string from_name{};
    std::string authserv_id{};
    base::DomainName host;    // Reporting-MTA
    std::string user_agent{}; // "paraph/1.2"
};

// The message that failed.
struct FailedMessage {
    const authenticate::Verdict& verdict;
    const message::HeaderList& headers;
    Failure failure{};
    std::optional<base::IpAddress> client{};
    std::string mail_from{};
    authenticate::Action action = authenticate::Action::accept;
    base::UnixTime arrival = 0;
    std::vector<SpfRecord> spf_records{}; // of the MAIL FROM domain; may be empty
};

struct FailureMail {
    const FailureReporter& reporter;
    const FailedMessage& message;
    Address to;
    ReportId report_id;
    std::size_t incidents = 1; // similar failures that this report stands for
    base::UnixTime date = 0;
};

[[nodiscard]] std::string write(const FailureMail& mail, const Redactor& redactor);

// The body of Identity-Alignment: the methods that did not authenticate an aligned identity, or "none". RFC
// 7489 had it the other way round.
[[nodiscard]] std::string identity_alignment(const authenticate::Verdict& verdict);

} // namespace report
