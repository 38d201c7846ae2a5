#include "report/aggregate_xml.h"

#include "report/text.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "unit/report/values.h"
#include "unit/report/written.h"

#include <limits>
#include <string>

using namespace report_test;

namespace {

// Any counters: what a day may bring, and what it should not.
class RandomRows {
  public:
    [[nodiscard]] std::uint64_t seed() const { return hostile_.seed(); }

    report::Policy policy() {
        report::Policy policy{.domain = any_name()};
        policy.discovery = any(dmarc::Discovery::psl);
        policy.p = any(dmarc::Policy::reject);
        policy.sp = any(dmarc::Policy::reject);
        policy.np = any(dmarc::Policy::reject);
        policy.adkim = any(dmarc::AlignmentMode::strict);
        policy.testing = hostile_.one_in(2);
        policy.fo = report::clean(hostile_.next(), report::max_fo_octets);
        policy.error = report::clean(hostile_.next(), report::max_error_octets);
        return policy;
    }
    report::Row row() {
        report::Row row{.source_ip = hostile_.one_in(2) ? address("192.0.2.7") : address("2001:db8::1"),
                        .header_from = any_name()};
        if (hostile_.one_in(2)) {
            row.envelope_from = any_name();
            row.envelope_to = any_name();
            row.spf = report::SpfResult{any_name(), any(spf::Result::permerror)};
        }
        row.disposition = any(report::Disposition::reject);
        row.dkim_aligned = hostile_.one_in(2);
        for (std::size_t left = hostile_.below(3); left > 0; --left) {
            row.reasons.push_back({any(authenticate::OverrideType::other), words()});
        }
        for (std::size_t left = hostile_.below(4); left > 0; --left) {
            row.dkim.push_back({any_name(), words(), any(dkim::Result::permerror), words()});
        }
        return row;
    }
    std::uint64_t count() { return hostile_.one_in(9) ? 0 : 1 + hostile_.below(1000000); }
    std::size_t below(std::size_t n) { return hostile_.below(n); }
    report::Reporter reporter() {
        return {hostile_.next(), hostile_.next(), hostile_.next(), hostile_.next()};
    }

  private:
    base::DomainName any_name() {
        return base::DomainName::parse(hostile_.name()).value_or(name("orchard.example"));
    }
    std::string words() { return report::clean(hostile_.next(), report::max_words_octets); }
    template <class Enum>
    Enum any(Enum last) {
        return static_cast<Enum>(hostile_.below(static_cast<std::size_t>(last) + 1));
    }

    test::HostileText hostile_;
};

constexpr const char* whole_report = R"(<?xml version="1.0" encoding="UTF-8"?>
<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">
  <version>1.0</version>
  <report_metadata>
    <org_name>Harbour Mail Cooperative</org_name>
    <email>dmarc-reports@harbour.example</email>
    <extra_contact_info>https://harbour.example/postmaster</extra_contact_info>
    <report_id>aeaqcaibaeaqcaibaeaqcaibae</report_id>
    <date_range>
      <begin>1793664000</begin>
      <end>1793750399</end>
    </date_range>
    <error>a tag that is not known</error>
    <generator>paraph 1.0</generator>
  </report_metadata>
  <policy_published>
    <domain>orchard.example</domain>
    <adkim>s</adkim>
    <aspf>r</aspf>
    <p>reject</p>
    <sp>quarantine</sp>
    <fo>1:d:s</fo>
    <np>none</np>
    <testing>y</testing>
    <discovery_method>psl</discovery_method>
  </policy_published>
  <record>
    <row>
      <source_ip>2001:db8::19</source_ip>
      <count>9</count>
      <policy_evaluated>
        <disposition>quarantine</disposition>
        <dkim>pass</dkim>
        <spf>fail</spf>
        <reason>
          <type>mailing_list</type>
          <comment>passed on (List-Id)</comment>
        </reason>
        <reason>
          <type>other</type>
        </reason>
      </policy_evaluated>
    </row>
    <identifiers>
      <envelope_to>harbour.example</envelope_to>
      <envelope_from>bounces.orchard.example</envelope_from>
      <header_from>press.orchard.example</header_from>
    </identifiers>
    <auth_results>
      <dkim>
        <domain>orchard.example</domain>
        <selector>ed2026</selector>
        <result>pass</result>
      </dkim>
      <dkim>
        <domain>lists.example</domain>
        <selector>l1</selector>
        <result>fail</result>
        <human_result>body hash did not verify</human_result>
      </dkim>
      <spf>
        <domain>bounces.orchard.example</domain>
        <scope>mfrom</scope>
        <result>softfail</result>
      </spf>
    </auth_results>
  </record>
</feedback>
)";

} // namespace

TEST_CASE("a whole report") {
    const Counted rows = {{full_row(), 9}};
    CHECK(write(reporter(), full_policy(), rows) == whole_report);
}

TEST_CASE("what old readers need is there where nothing is known") {
    report::Policy policy{.domain = name("orchard.example")};
    const std::string xml = write(reporter(), policy, {{plain_row("192.0.2.1"), 1}});
    for (const char* element : {"<sp>none</sp>", "<adkim>r</adkim>", "<aspf>r</aspf>",
                                "<envelope_from></envelope_from>", "<fo>0</fo>"}) {
        CAPTURE(element);
        CHECK(xml.find(element) != std::string::npos);
    }
    CHECK(xml.find("lang") == std::string::npos);
    CHECK(xml.find("envelope_to") == std::string::npos);
    CHECK(xml.find("<error>") == std::string::npos);
}

TEST_CASE("text of others stays text") {
    report::Reporter who = reporter();
    who.org_name = "</org_name><p>reject</p>&amp;\r\n\xe2\x80\xae" + std::string(1, '\0') + "b\xfcro";
    report::Row row = plain_row("192.0.2.1");
    row.reasons.push_back({authenticate::OverrideType::other, "]]><count>7</count>"});
    const std::string xml = write(who, full_policy(), {{row, 1}});
    CHECK(xml.find("<org_name>&lt;/org_name&gt;&lt;p&gt;reject&lt;/p&gt;&amp;amp;????b?ro</org_name>") !=
          std::string::npos);
    CHECK(xml.find("<count>7") == std::string::npos);
}

TEST_CASE("what XML cannot carry is replaced where it is written") {
    auto policy = full_policy();
    policy.fo = "a\x01";
    policy.error = "b\xff";
    auto row = full_row();
    row.reasons[0].comment = "c\x02";
    row.dkim[0].selector = "d\x03";
    row.dkim[1].human_result = "e\xef\xbf\xbe";
    const std::string text = write(reporter(), policy, {{row, 1}});
    for (const char* written : {">a?<", ">b?<", ">c?<", ">d?<", ">e?<"}) {
        CAPTURE(written);
        CHECK(text.find(written) != std::string::npos);
    }
}

TEST_CASE("the largest record is no longer than was said") {
    auto row = full_row();
    row.dkim.assign(report::max_signatures,
                    {row.header_from, std::string(report::max_selector_octets, '&'), dkim::Result::permerror,
                     std::string(report::max_words_octets, '<')});
    row.reasons.assign(report::max_reasons, {authenticate::OverrideType::policy_test_mode,
                                             std::string(report::max_words_octets, '&')});
    (void)write(reporter(), full_policy(), {{row, 1}}); // which holds one against the other
}

TEST_CASE("a report without any message has no record") {
    std::string text;
    report::AggregateXml xml(reporter(), identity_of(full_policy()), full_policy(),
                             [&text](std::string_view more) { text += more; });
    xml.add(plain_row("192.0.2.1"), 0);
    CHECK(xml.records() == 0);
    CHECK(text.find("<record>") == std::string::npos);
}

TEST_CASE("a count may be as large as it gets") {
    const Counted rows = {{plain_row("192.0.2.1"), std::numeric_limits<std::uint64_t>::max()}};
    CHECK(write(reporter(), full_policy(), rows).find("<count>18446744073709551615</count>") !=
          std::string::npos);
}

TEST_CASE("whatever the counters are, the report is valid and reads back as they are") {
    RandomRows random;
    CAPTURE(random.seed());
    for (std::size_t left = test::rounds(300); left > 0; --left) {
        Counted rows = {{random.row(), 1}};
        for (std::size_t more = random.below(5); more > 0; --more) {
            rows.emplace_back(random.row(), random.count());
        }
        const std::string xml = write(random.reporter(), random.policy(), rows);
        CHECK(records_in(xml) == records_of(rows));
    }
}

TEST_CASE("stored rows are written as they were counted") {
    RandomRows random;
    CAPTURE(random.seed());
    for (std::size_t left = test::rounds(300); left > 0; --left) {
        const report::Row row = random.row();
        const auto again = report::unpack_row(pack(row));
        REQUIRE(again);
        CHECK(records_of({{*again, 1}}) == records_of({{row, 1}}));
    }
}
