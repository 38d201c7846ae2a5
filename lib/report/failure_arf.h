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
#include <string_view>
#include <vector>

namespace report {

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

// Where it failed.
struct FailurePlace {
    std::string authserv_id{};
    base::DomainName host; // Reporting-MTA
};

// All that a report says of the message: nothing else of it has to be kept.
struct FailureContents {
    std::string subject{};  // of the message
    std::string words{};    // for people
    std::string feedback{}; // fields, each with its CRLF
    std::string header{};   // of the message, the same

    bool operator==(const FailureContents&) const = default;
};

[[nodiscard]] FailureContents contents_of(const FailedMessage& message, const FailurePlace& place,
                                          const Redactor& redactor);

// As octets for the store, and back; nothing for octets that are none of ours. What comes back may have been
// written by others, and is a report all the same: it has no line that would be more than its text.
[[nodiscard]] std::string pack(const FailureContents& contents);
[[nodiscard]] std::optional<FailureContents> unpack_failure(std::string_view octets);

// Who reports, as the settings have it.
struct FailureReporter {
    Address from;
    std::string from_name{};
    std::string user_agent{}; // "paraph/1.2"
};

struct FailureMail {
    const FailureReporter& reporter;
    const FailureContents& contents;
    Address to;
    ReportId report_id;
    std::size_t incidents = 1; // similar failures that this report stands for
    base::UnixTime date = 0;
};

[[nodiscard]] std::string write(const FailureMail& mail);

// The body of Identity-Alignment: the methods that did not authenticate an aligned identity, or "none". RFC
// 7489 had it the other way round.
[[nodiscard]] std::string identity_alignment(const authenticate::Verdict& verdict);

} // namespace report
