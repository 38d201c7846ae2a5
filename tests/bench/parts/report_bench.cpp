#include "report/aggregate_xml.h"
#include "report/gzip.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

base::DomainName name(const std::string& text) {
    return base::DomainName::parse(text).value();
}

// Ten sources of one domain, as they are stored.
std::vector<std::string> stored_rows() {
    std::vector<std::string> rows;
    for (int i = 0; i < 10; ++i) {
        report::Row row{.source_ip = base::IpAddress::parse(fmt::format("192.0.2.{}", i)).value(),
                        .header_from = name("press.orchard.example")};
        row.envelope_from = name("bounces.orchard.example");
        row.disposition = report::Disposition::pass;
        row.dkim_aligned = true;
        row.dkim.push_back({name("orchard.example"), fmt::format("s{}", i), dkim::Result::pass, ""});
        row.dkim.push_back({name("lists.example"), "l1", dkim::Result::fail, "body hash did not verify"});
        row.spf = report::SpfResult{name("bounces.orchard.example"), spf::Result::pass};
        rows.push_back(pack(row));
    }
    return rows;
}

// One report of ten rows: read from their stored form, written as XML, compressed.
void AggregateReport(benchmark::State& state) {
    const auto rows = stored_rows();
    const report::Policy policy{.domain = name("orchard.example")};
    const report::Reporter reporter{.org_name = "Harbour", .email = "reports@harbour.example"};
    const report::Identity identity{.policy_domain = policy.domain,
                                    .submitter = name("harbour.example"),
                                    .period = {1793664000, 1793750399},
                                    .report_id =
                                        report::ReportId::parse("aeaqcaibaeaqcaibaeaqcaibae").value()};
    report::Gzip gzip;
    for (auto _ : state) {
        report::AggregateXml xml(reporter, identity, policy,
                                 [&gzip](std::string_view text) { gzip.add(text); });
        for (const std::string& row : rows) {
            xml.add(report::unpack_row(row).value(), 7);
        }
        xml.finish();
        benchmark::DoNotOptimize(gzip.finish());
    }
}

BENCHMARK(AggregateReport)->Unit(benchmark::kMicrosecond);

} // namespace
