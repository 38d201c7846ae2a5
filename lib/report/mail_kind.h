// Mail about which nobody waits for a report: were it the reason to send one, two reporters would write to
// each other for ever about the mail in which they do so.
#pragma once

#include "message/header_list.h"

#include <string_view>

namespace report {

struct MailKind {
    bool report = false; // of DMARC or TLS, or an answer of a machine in the form of one (multipart/report)
    bool automatic = false; // Auto-Submitted says so
    bool list = false;      // passed on by a mailing list, or as much as that (Precedence)

    bool operator==(const MailKind&) const = default;
};

// What the header says, which is its writer's own word.
[[nodiscard]] MailKind find_kind(const message::HeaderList& headers);

// RFC 9990 3.5.2, and TLS reports alike: "Report Domain: ... Submitter: ...", folded, encoded or behind words
// that others put in front of it. It makes a report of mail that can carry one.
[[nodiscard]] bool is_report_subject(std::string_view subject);

} // namespace report
