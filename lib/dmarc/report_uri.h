// The URIs of rua= and ruf= (RFC 9989 4.8, RFC 3986).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dmarc {

struct ReportUri {
    std::string uri; // as written, without an obsolete "!10m" suffix
    bool mailto = false;

    bool operator==(const ReportUri&) const = default;
};

// One element of the list, without the WSP around it. Nothing for what is not a URI with a scheme, or a
// mailto: URI that names no mailbox: no report could ever get there.
[[nodiscard]] std::optional<ReportUri> parse_report_uri(std::string_view text);

} // namespace dmarc
