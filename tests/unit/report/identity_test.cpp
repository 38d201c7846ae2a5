#include "report/identity.h"

#include "support/catch.h"
#include "unit/report/values.h"

#include <array>
#include <string>

using namespace report_test;

namespace {

report::Identity identity(std::string_view policy_domain, std::string_view submitter) {
    return {.policy_domain = name(policy_domain),
            .submitter = name(submitter),
            .period = {1793664000, 1793750399},
            .report_id = report::ReportId::parse("aeaqcaibaeaqcaibaeaqcaibae").value()};
}

} // namespace

TEST_CASE("an identifier of 128 random bits has 26 letters and digits") {
    std::array<std::uint8_t, 16> random{};
    CHECK(report::ReportId::make(random).text() == "aaaaaaaaaaaaaaaaaaaaaaaaaa");
    random.fill(0xff);
    CHECK(report::ReportId::make(random).text() == "777777777777777777777777"
                                                   "74");
    random.fill(1);
    CHECK(report::ReportId::make(random).text() == "aeaqcaibaeaqcaibaeaqcaibae");
    random.back() = 2; // every bit counts
    CHECK(report::ReportId::make(random).text() == "aeaqcaibaeaqcaibaeaqcaibai");
}

TEST_CASE("what is an identifier") {
    CHECK(report::ReportId::parse("aeaqcaibaeaqcaibaeaqcaibae").value().text() ==
          "aeaqcaibaeaqcaibaeaqcaibae");
    CHECK(report::ReportId::parse(std::string(64, 'a')));
    for (const char* text : {"", "a-b", "a.b", "a@b", "a b", "a!b", "a\r\nb",
                             "abc\r\nBcc: victim@evil.example", "i\x02", "\xc3\xa9"}) {
        CAPTURE(text);
        CHECK_FALSE(report::ReportId::parse(text));
    }
    CHECK_FALSE(report::ReportId::parse(std::string(65, 'a')));
}

TEST_CASE("the names of a report") {
    const auto one = identity("orchard.example", "harbour.example");
    CHECK(file_name(one, true) ==
          "harbour.example!orchard.example!1793664000!1793750399!aeaqcaibaeaqcaibaeaqcaibae.xml.gz");
    CHECK(file_name(one, false) ==
          "harbour.example!orchard.example!1793664000!1793750399!aeaqcaibaeaqcaibaeaqcaibae.xml");
    CHECK(message_id(one) == "<aeaqcaibaeaqcaibaeaqcaibae@harbour.example>");
    CHECK(subject(one) == "Report Domain: orchard.example Submitter: harbour.example\r\n"
                          " Report-ID: aeaqcaibaeaqcaibaeaqcaibae");
}

TEST_CASE("a subject is folded between its pieces alone") {
    CHECK(subject(identity("a.test", "b.test")) ==
          "Report Domain: a.test Submitter: b.test\r\n Report-ID: aeaqcaibaeaqcaibaeaqcaibae");
    const std::string label(60, 'a');
    CHECK(subject(identity(label + ".test", label + ".example")) ==
          "Report Domain:\r\n " + label + ".test\r\n Submitter:\r\n " + label +
              ".example\r\n Report-ID: aeaqcaibaeaqcaibaeaqcaibae");
}
