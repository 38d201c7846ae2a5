// Policies and rows to test with.
#pragma once

#include "report/aggregate.h"

#include <string_view>

namespace report_test {

inline base::DomainName name(std::string_view text) {
    return base::DomainName::parse(text).value();
}

inline base::IpAddress address(std::string_view text) {
    return base::IpAddress::parse(text).value();
}

inline report::Policy full_policy() {
    report::Policy policy{.domain = name("orchard.example")};
    policy.discovery = dmarc::Discovery::psl;
    policy.p = dmarc::Policy::reject;
    policy.sp = dmarc::Policy::quarantine;
    policy.np = dmarc::Policy::none;
    policy.adkim = dmarc::AlignmentMode::strict;
    policy.aspf = dmarc::AlignmentMode::relaxed;
    policy.testing = true;
    policy.fo = "1:d:s";
    policy.error = "a tag that is not known";
    policy.rua = {"mailto:agg@orchard.example", "https://orchard.example/reports"};
    return policy;
}

inline report::Row full_row() {
    report::Row row{.source_ip = address("2001:db8::19"), .header_from = name("press.orchard.example")};
    row.envelope_from = name("bounces.orchard.example");
    row.envelope_to = name("harbour.example");
    row.disposition = report::Disposition::quarantine;
    row.dkim_aligned = true;
    row.reasons = {{authenticate::OverrideType::mailing_list, "passed on (List-Id)"},
                   {authenticate::OverrideType::other, ""}};
    row.dkim.push_back({name("orchard.example"), "ed2026", dkim::Result::pass, ""});
    row.dkim.push_back({name("lists.example"), "l1", dkim::Result::fail, "body hash did not verify"});
    row.spf = report::SpfResult{name("bounces.orchard.example"), spf::Result::softfail};
    return row;
}

inline report::Row plain_row(std::string_view source) {
    return report::Row{.source_ip = address(source), .header_from = name("orchard.example")};
}

} // namespace report_test
