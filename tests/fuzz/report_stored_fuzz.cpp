// Stored policies and rows of aggregate reports: what reads has one form, and is fit for XML.
#include "fuzz/property.h"
#include "report/aggregate_xml.h"
#include "report/history_line.h"

#include <algorithm>

namespace {

bool is_fit_for_xml(std::string_view xml) {
    return std::all_of(xml.begin(), xml.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\n'; });
}

std::string write(const report::Policy& policy, const report::Row& row) {
    std::string text;
    const report::Identity identity{.policy_domain = policy.domain,
                                    .submitter = base::DomainName::parse("a.test").value(),
                                    .report_id = report::ReportId::parse("1").value()};
    report::AggregateXml xml({}, identity, policy, [&text](std::string_view more) { text += more; });
    const std::size_t before = xml.octets();
    xml.add(row, 1);
    fuzz::require(xml.octets() - before <= report::most_octets(row), "a record is no longer than was said");
    return text;
}

void run_row(const report::Row& row) {
    const report::Policy policy{.domain = row.header_from};
    fuzz::require(is_fit_for_xml(write(policy, row)), "a row is fit for XML");
    const auto reduced = reduce(row, report::Detail::nobody, policy.domain);
    fuzz::require(report::unpack_row(pack(reduced)) == reduced, "what is left of a row can be stored");
    (void)report::history_lines({.policy = policy, .row = row}, {});
}

void run(std::string_view input) {
    if (const auto row = report::unpack_row(input)) {
        fuzz::require(pack(*row) == input, "a row has one form");
        run_row(*row);
    }
    if (const auto policy = report::unpack_policy(input)) {
        fuzz::require(pack(*policy) == input, "a policy has one form");
        const report::Row row{.header_from = policy->domain};
        fuzz::require(is_fit_for_xml(write(*policy, row)), "a policy is fit for XML");
    }
}

const fuzz::Target target("report_stored", run);

} // namespace
