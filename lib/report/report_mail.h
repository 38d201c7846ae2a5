// The message that carries an aggregate report (RFC 9990 3.5.2), as text.
#pragma once

#include "base/unix_time.h"
#include "report/identity.h"
#include "report/report_uri.h"

#include <string>

namespace report {

struct ReportMail {
    Identity identity;
    Address from;
    Address to;
    std::string from_name{}; // may be empty
    std::string contact{};   // shown to people; may be empty
    base::UnixTime date = 0;
    bool compressed = true;
    std::string attachment{}; // the report, compressed or not
};

// CRLF lines of at most 78 octets, but for a name, an address or a file name that is longer by itself. The
// same values give the same text, so that a report that is sent again is the same report.
[[nodiscard]] std::string write(const ReportMail& mail);

} // namespace report
