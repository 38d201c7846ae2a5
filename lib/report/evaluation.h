// What one inbound message adds to the reports of its day.
#pragma once

#include "authenticate/disposition.h"
#include "authenticate/verdict.h"
#include "report/aggregate.h"
#include "report/mail_kind.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace report {

// Whether a message is reason enough to send a report, or only counts in one that is sent for another's sake.
enum class Due : std::uint8_t {
    yes,
    null_sender, // a bounce, perhaps of a report of ours
    report_mail,
    automatic, // says that a machine wrote it
};

[[nodiscard]] std::string_view print(Due due);

struct Evaluation {
    Policy policy;
    Row row;
    Day day = 0;
    Due due = Due::yes;
    dmarc::Result result = dmarc::Result::none;
    dmarc::Policy asked_for = dmarc::Policy::none; // of this author: p, sp or np, whatever t= is
};

// What is known beside verdict and disposition.
struct Reception {
    std::optional<base::IpAddress> client{}; // that handed it to us, or to a relay of ours
    std::string mail_from{};                 // the path as given
    std::vector<std::string> recipients{};   // as given; empty where nothing of them is to be reported
    MailKind kind{};
    base::UnixTime at = 0;
};

// Nothing: no DMARC record speaks for the author, the message did not come over TCP/IP, or it was put off and
// will come again. `policy.rua` is empty where no reports are wanted.
//
// Nothing as well where reports are wanted and DMARC was evaluated with Extent::verdict: what it left
// undecided because the result was known would be told as not aligned. Where none are, the aligned results
// need Extent::full.
[[nodiscard]] std::optional<Evaluation> evaluate(const authenticate::Verdict& verdict,
                                                 const authenticate::Disposition& disposition,
                                                 const Reception& reception);

// Whether the record asks for aggregate reports, so that an evaluation is of use: for a caller who would else
// make one for nothing.
[[nodiscard]] bool wants_reports(const authenticate::Verdict& verdict);

} // namespace report
