// The Received-SPF field (RFC 7208 9.1): the result, and enough to check it again.
#pragma once

#include "spf/evaluate.h"

#include <string>

namespace spf {

// The field's body without the leading space, one pair a line:
// "pass (mx.example.org: example.net allows
// 192.0.2.1)\r\n\tidentity=mailfrom;\r\n\tclient-ip=\"192.0.2.1\";...". Whatever the session and the DNS put
// into the arguments, the body is printable ASCII, no line is longer than 998 octets (RFC 5322 2.1.1), and
// every text from outside stands in a quoted string or, without what could end it, in the comment.
[[nodiscard]] std::string format_received_spf(const Verdict& verdict, const Request& request);

} // namespace spf
