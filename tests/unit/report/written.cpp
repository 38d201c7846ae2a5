#include "unit/report/written.h"

#include "support/catch.h"
#include "support/xml_schema.h"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <string_view>

namespace report_test {

namespace {

std::string problem_of(const std::string& xml) {
    static const test::XmlSchema schema(PARAPH_SOURCE_DIR "/tests/support/aggregate_report.xsd");
    return schema.problem(xml);
}

void add_texts(const pugi::xml_node& node, std::string& line) {
    for (const pugi::xml_node& child : node) {
        const bool holds_elements =
            std::string_view(child.name()) == "auth_results"; // or would, if there were any
        if (!holds_elements && !child.first_child()) {
            line += fmt::format("{}=|", child.name());
        } else if (child.first_child().type() == pugi::node_pcdata) {
            line += fmt::format("{}={}|", child.name(), child.child_value());
        } else {
            add_texts(child, line);
        }
    }
}

std::string line_of(const report::Row& row, std::uint64_t count) {
    std::string line = fmt::format("source_ip={}|count={}|disposition={}|dkim={}|spf={}|",
                                   row.source_ip.print(), count, print(row.disposition),
                                   row.dkim_aligned ? "pass" : "fail", row.spf_aligned ? "pass" : "fail");
    for (const report::Reason& reason : row.reasons) {
        line += fmt::format("type={}|", authenticate::print(reason.type));
        line += reason.comment.empty() ? "" : fmt::format("comment={}|", reason.comment);
    }
    line += row.envelope_to ? fmt::format("envelope_to={}|", row.envelope_to->text()) : "";
    line += fmt::format("envelope_from={}|header_from={}|",
                        row.envelope_from ? row.envelope_from->text() : "", row.header_from.text());
    for (const report::DkimResult& one : row.dkim) {
        line += fmt::format("domain={}|selector={}|result={}|", one.domain.text(), one.selector,
                            dkim::print(one.result));
        line += one.human_result.empty() ? "" : fmt::format("human_result={}|", one.human_result);
    }
    if (row.spf) {
        line += fmt::format("domain={}|scope=mfrom|result={}|", row.spf->domain.text(),
                            spf::print(row.spf->result));
    }
    return line;
}

} // namespace

report::Reporter reporter() {
    return {.org_name = "Harbour Mail Cooperative",
            .email = "dmarc-reports@harbour.example",
            .extra_contact_info = "https://harbour.example/postmaster",
            .generator = "paraph 1.0"};
}

report::Identity identity_of(const report::Policy& policy) {
    return {.policy_domain = policy.domain,
            .submitter = base::DomainName::parse("harbour.example").value(),
            .period = {1793664000, 1793750399},
            .report_id = report::ReportId::parse("aeaqcaibaeaqcaibaeaqcaibae").value()};
}

std::string write(const report::Reporter& who, const report::Policy& policy, const Counted& rows) {
    std::string text;
    report::AggregateXml xml(who, identity_of(policy), policy,
                             [&text](std::string_view more) { text += more; });
    for (const auto& [row, count] : rows) {
        const std::size_t before = xml.octets();
        xml.add(row, count);
        CHECK(xml.octets() - before <= report::most_octets(row));
    }
    xml.finish();
    CHECK(xml.octets() == text.size());
    CHECK(problem_of(text) == "");
    return text;
}

std::vector<std::string> records_in(const std::string& xml) {
    pugi::xml_document document;
    REQUIRE(document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single));
    std::vector<std::string> lines;
    for (const pugi::xml_node& record : document.child("feedback").children("record")) {
        add_texts(record, lines.emplace_back());
    }
    return lines;
}

std::vector<std::string> records_of(const Counted& rows) {
    std::vector<std::string> lines;
    for (const auto& [row, count] : rows) {
        if (count > 0) {
            lines.push_back(line_of(row, count));
        }
    }
    return lines;
}

} // namespace report_test
