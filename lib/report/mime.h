// Pieces of a message of our own (RFC 5322, RFC 2045). Whatever the values are, a piece adds no line to the
// header but its own folds.
#pragma once

#include "base/unix_time.h"
#include "report/report_uri.h"

#include <string>
#include <string_view>

namespace report {

// "Sun, 29 Nov 2026 11:30:00 +0000"
[[nodiscard]] std::string mail_date(base::UnixTime time);
// "2026-11-29 11:30:00 UTC"
[[nodiscard]] std::string plain_date(base::UnixTime time);

// The body of a From field: "\"Harbour, Inc.\" <reports@harbour.example>". A name that is no ASCII, or that
// readers could take apart, goes into encoded words (RFC 2047); of an empty one nothing is written.
[[nodiscard]] std::string mailbox(std::string_view name, const Address& address);

// Text of others as the body of an unstructured field: in encoded words where it is no ASCII, folded, and
// with
// "?" for what is no text.
[[nodiscard]] std::string unstructured(std::string_view text, std::size_t limit);

// ";\r\n filename=\"a!b.xml.gz\"" in one line, however long a name is: readers of reports know no pieces (RFC
// 2231) and pass over what has no plain name. The value: letters, digits and marks, no quotes and no
// backslash, at most 900 octets.
[[nodiscard]] std::string parameter(std::string_view name, std::string_view value);

// Lines of 76 with CRLF.
[[nodiscard]] std::string base64_lines(std::string_view bytes);

} // namespace report
