// SPF-DNS of a failure report (RFC 6591 3.2.6): a record that was used, word for word.
#pragma once

#include "base/domain_name.h"
#include "dns/answers.h"

#include <optional>
#include <string>
#include <vector>

namespace report {

// An SPF record that was used.
struct SpfRecord {
    base::DomainName domain;
    std::string text;
};

// "txt : orchard.example : \"v=spf1 -all\"", folded between terms. Nothing where it could not be shown as it
// is: octets that are no printable ASCII, or a term that no line has room for.
[[nodiscard]] std::optional<std::string> spf_dns(const SpfRecord& record);

// The record of that domain, and those that it leads to by include: and redirect= as far as their names stand
// there without a macro; of what was asked already, in the order of the terms. Nothing is asked anew.
[[nodiscard]] std::vector<SpfRecord> known_spf_records(const base::DomainName& domain,
                                                       const dns::Answers& known);

} // namespace report
