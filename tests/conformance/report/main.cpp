// Writes report mails and, beside each, what it counts: for programs of others to read. The rows stand in an
// OpenDMARC history file as well, each as one message.
//
// Usage: conformance_report DIRECTORY COUNT
#include "report/aggregate_xml.h"
#include "report/gzip.h"
#include "report/history_line.h"
#include "report/report_mail.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>
#include <string>

namespace {

base::DomainName name(const std::string& text) {
    return base::DomainName::parse(text).value();
}

class Writer {
  public:
    explicit Writer(std::string directory)
        : directory_(std::move(directory)), history_(directory_ + "/history", std::ios::binary) {}

    void write(unsigned number) {
        random_.seed(number + 1);
        const report::Policy policy = make_policy(number);
        const report::Identity identity{.policy_domain = policy.domain,
                                        .submitter = name("harbour.example"),
                                        .period = {1793664000, 1793750399},
                                        .report_id =
                                            report::ReportId::make({static_cast<std::uint8_t>(number)})};
        const report::Reporter reporter{.org_name = "Harbour & <Mail> B\xc3\xbcro",
                                        .email = "reports@harbour.example",
                                        .extra_contact_info = "https://harbour.example/?a=1&b=2",
                                        .generator = "paraph"};
        nlohmann::json figures = {{"domain", policy.domain.text()},
                                  {"report_id", identity.report_id.text()},
                                  {"p", dmarc::print(policy.p)},
                                  {"sp", dmarc::print(policy.sp)},
                                  {"records", nlohmann::json::array()}};
        report::Gzip gzip;
        report::AggregateXml xml(reporter, identity, policy,
                                 [&gzip](std::string_view text) { gzip.add(text); });
        for (unsigned left = 1 + below(20); left > 0; --left) {
            const report::Row row = make_row(policy.domain);
            const std::uint64_t count = 1 + below(100000);
            xml.add(row, count);
            figures["records"].push_back(figures_of(row, count));
            add_to_history(policy, row, fmt::format("q{}-{}", number, left));
            figures["records"].back()["job"] = fmt::format("q{}-{}", number, left);
        }
        xml.finish();
        save(number, identity, gzip.finish(), figures);
    }

  private:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

    report::Policy make_policy(unsigned number) {
        report::Policy policy{.domain = name(fmt::format("d{}.orchard.example", number))};
        policy.p = static_cast<dmarc::Policy>(below(3));
        policy.sp = static_cast<dmarc::Policy>(below(3));
        policy.rua = {"mailto:agg@collector.test"};
        policy.error = below(2) == 0 ? "" : "p=: \"<\" & \">\" are no values";
        return policy;
    }

    report::Row make_row(const base::DomainName& domain) {
        report::Row row{.source_ip =
                            base::IpAddress::parse(below(2) == 0 ? fmt::format("192.0.2.{}", below(256))
                                                                 : fmt::format("2001:db8::{:x}", below(9999)))
                                .value(),
                        .header_from = below(2) == 0 ? domain : name("press." + domain.text())};
        row.disposition = static_cast<report::Disposition>(below(4));
        row.dkim_aligned = below(2) == 0;
        row.spf_aligned = below(2) == 0;
        if (below(3) > 0) {
            row.envelope_from = name(fmt::format("b{}.example", below(5)));
        }
        if (below(3) == 0) {
            row.reasons.push_back(
                {static_cast<authenticate::OverrideType>(below(5)), "passed on (List-Id) <&>"});
        }
        for (unsigned left = below(4); left > 0; --left) {
            row.dkim.push_back({name(fmt::format("s{}.example", below(5))), fmt::format("sel{}", below(5)),
                                static_cast<dkim::Result>(below(7)),
                                below(2) == 0 ? "" : "body hash did not verify"});
        }
        row.spf = report::SpfResult{row.envelope_from.value_or(name("helo.example")),
                                    static_cast<spf::Result>(below(7))};
        return row;
    }

    void add_to_history(const report::Policy& policy, const report::Row& row, const std::string& job) {
        const report::HistoryFacts facts{.job = job,
                                         .reporter = "mx.harbour.example",
                                         .action = row.disposition == report::Disposition::reject
                                                       ? authenticate::Action::reject
                                                       : authenticate::Action::accept,
                                         .received = 1793664005};
        history_ << history_lines({.policy = policy, .row = row}, facts);
    }

    static nlohmann::json figures_of(const report::Row& row, std::uint64_t count) {
        nlohmann::json dkim = nlohmann::json::array();
        for (const report::DkimResult& one : row.dkim) {
            dkim.push_back({one.domain.text(), one.selector, dkim::print(one.result)});
        }
        return {{"source_ip", row.source_ip.print()},
                {"count", count},
                {"disposition", print(row.disposition)},
                {"dkim_aligned", row.dkim_aligned ? "pass" : "fail"},
                {"spf_aligned", row.spf_aligned ? "pass" : "fail"},
                {"header_from", row.header_from.text()},
                {"envelope_from", row.envelope_from ? row.envelope_from->text() : ""},
                {"reasons", row.reasons.size()},
                {"dkim", dkim},
                {"spf", {row.spf->domain.text(), spf::print(row.spf->result)}}};
    }

    void save(unsigned number, const report::Identity& identity, const std::string& attachment,
              nlohmann::json figures) const {
        const report::ReportMail mail{.identity = identity,
                                      .from = report::read_address("reports@harbour.example").value(),
                                      .to = report::read_address("agg@collector.test").value(),
                                      .from_name = "Harbour Mail",
                                      .date = 1793752200,
                                      .attachment = attachment};
        figures["file"] = file_name(identity, true);
        std::ofstream(fmt::format("{}/{}.eml", directory_, number), std::ios::binary) << report::write(mail);
        std::ofstream(fmt::format("{}/{}", directory_, file_name(identity, true)), std::ios::binary)
            << attachment;
        std::ofstream(fmt::format("{}/{}.json", directory_, number)) << figures;
    }

    std::string directory_;
    std::ofstream history_;
    std::mt19937 random_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return 2;
    }
    Writer writer(argv[1]);
    for (unsigned number = 0; number < static_cast<unsigned>(std::stoul(argv[2])); ++number) {
        writer.write(number);
    }
}
