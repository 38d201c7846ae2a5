#include "report/external_destination.h"

#include "support/catch.h"
#include "support/world/resolve.h"
#include "unit/report/values.h"

#include <string>

using namespace report_test;
using test::Zone;

namespace {

struct Asked {
    std::string consent; // "own a@b.example", "later", ...
    std::vector<dns::Question> questions;
};

std::string describe(const report::Consent& consent) {
    switch (consent.state) {
    case report::Consent::State::own:
        return "own " + print(consent.address.value());
    case report::Consent::State::given:
        return "given " + print(consent.address.value());
    case report::Consent::State::refused:
        return "refused";
    case report::Consent::State::later:
        return "later";
    }
    return "?";
}

Asked ask(const Zone& zone, std::string_view domain, std::string_view address,
          report::ReportKind kind = report::ReportKind::aggregate, const dmarc::Options& options = {}) {
    const base::DomainName policy_domain = name(domain);
    const report::Address destination = report::read_address(address).value();
    const auto run = test::resolve(
        [&](const dns::Answers& known) {
            return report::ask_consent(policy_domain, destination, kind, known, options);
        },
        zone);
    return {describe(run.verdict), run.asked};
}

const std::string asked_for = "TXT orchard.example._report._dmarc.collector.test";

} // namespace

TEST_CASE("reports of an organization to itself need no consent") {
    const Zone zone{{"TXT _dmarc.orchard.example", "v=DMARC1; p=none"}};
    CHECK(ask(zone, "orchard.example", "a@orchard.example").consent == "own a@orchard.example");
    CHECK(ask(zone, "orchard.example", "a@orchard.example").questions.empty());
    CHECK(ask(zone, "orchard.example", "a@mail.orchard.example").consent == "own a@mail.orchard.example");
    CHECK(ask(zone, "eu.orchard.example", "a@orchard.example").consent == "own a@orchard.example");
    // No tricks with strings.
    CHECK(ask(zone, "orchard.example", "a@evilorchard.example").consent == "refused");
    CHECK(ask(zone, "orchard.example", "a@orchard.example.evil.test").consent == "refused");
}

TEST_CASE("what a destination's record says") {
    struct Case {
        const char* name;
        test::Lines lines;
        const char* expected;
    };
    const Case cases[] = {
        {"nothing", {}, "refused"},
        {"consent", {{asked_for, "v=DMARC1"}}, "given agg@collector.test"},
        {"consent with a semicolon", {{asked_for, "v=DMARC1;"}}, "given agg@collector.test"},
        {"another text", {{asked_for, "v=spf1 -all"}}, "refused"},
        {"another version", {{asked_for, "v=DMARC2"}}, "refused"},
        {"among other texts", {{asked_for, "hello"}, {asked_for, "v=DMARC1"}}, "given agg@collector.test"},
        {"several records", {{asked_for, "v=DMARC1"}, {asked_for, "v=DMARC1;"}}, "given agg@collector.test"},
        {"another address of the same host",
         {{asked_for, "v=DMARC1; rua=mailto:other@collector.test"}},
         "given other@collector.test"},
        {"ruf is not for these",
         {{asked_for, "v=DMARC1; ruf=mailto:x@other.test"}},
         "given agg@collector.test"},
        {"an address of another host", {{asked_for, "v=DMARC1; rua=mailto:victim@other.test"}}, "refused"},
        {"one of the same and one of another host",
         {{asked_for, "v=DMARC1; rua=mailto:a@collector.test,mailto:victim@other.test"}},
         "refused"},
        {"one record of another host",
         {{asked_for, "v=DMARC1"}, {asked_for, "v=DMARC1; rua=mailto:victim@other.test"}},
         "refused"},
        {"different addresses",
         {{asked_for, "v=DMARC1; rua=mailto:a@collector.test"},
          {asked_for, "v=DMARC1; rua=mailto:b@collector.test"}},
         "given agg@collector.test"},
        {"an address that is none", {{asked_for, "v=DMARC1; rua=mailto:0"}}, "refused"},
        {"a URI of another host", {{asked_for, "v=DMARC1; rua=https://evil.test/x"}}, "refused"},
        {"an unreadable one", {{asked_for, "v=DMARC1; rua=mailto:a..b@other.test"}}, "refused"},
        {"one that is too long",
         {{asked_for, "v=DMARC1; rua=mailto:" + std::string(70, 'a') + "@other.test"}},
         "refused"},
        {"a usable and an unreadable one",
         {{asked_for, "v=DMARC1; rua=mailto:agg@collector.test, nonsense"}},
         "refused"},
        {"two of one address",
         {{asked_for, "v=DMARC1; rua=mailto:b@collector.test,mailto:b@COLLECTOR.test!10m"}},
         "given b@collector.test"},
        {"a record that is too long", {{asked_for, "v=DMARC1; x=" + std::string(5000, 'x')}}, "refused"},
        {"no data", {{asked_for, "NODATA"}}, "refused"},
        {"a timeout", {{asked_for, "FAILED timeout"}}, "later"},
        {"SERVFAIL", {{asked_for, "FAILED servfail"}}, "later"},
        {"an organization that cannot be found out",
         {{"TXT _dmarc.collector.test", "FAILED timeout"}},
         "later"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(ask(Zone(c.lines), "orchard.example", "agg@collector.test").consent == c.expected);
    }
}

TEST_CASE("for failure reports the addresses of ruf count") {
    const Zone zone{{asked_for, "v=DMARC1; rua=mailto:x@other.test; ruf=mailto:f@collector.test"}};
    CHECK(ask(zone, "orchard.example", "ruf@collector.test", report::ReportKind::failure).consent ==
          "given f@collector.test");
}

TEST_CASE("the policy domain is asked about, not the author's") {
    const Zone zone{{"TXT _dmarc.orchard.example", "v=DMARC1; p=none"}};
    const auto questions = ask(zone, "orchard.example", "agg@collector.test").questions;
    CHECK(print(questions.back()) == asked_for);
}

TEST_CASE("a name that the DNS cannot carry is no consent") {
    const std::string label(60, 'a');
    const std::string domain = label + "." + label + "." + label + ".example";
    const std::string host = label + "." + label + ".test";
    CHECK_FALSE(report::consent_name(name(domain), name(host)));
    CHECK(ask(Zone(), domain, "a@" + host).consent == "refused");
}

TEST_CASE("a walk that can never be made makes nobody the owner") {
    const std::string label(60, 'a');
    const std::string host =
        label + "." + label + "." + label + "." + std::string(54, 'a') + ".farm.example"; // 250 octets
    CHECK(ask(Zone{{"TXT _dmarc.farm.example", "v=DMARC1; p=none"}}, "farm.example", "x@" + host).consent ==
          "refused");
}

TEST_CASE("two customers of one registry are strangers, whatever it publishes") {
    const auto list = dmarc::PublicSuffixList::built_in();
    const Zone zone{{"TXT _dmarc.co.uk", "v=DMARC1; p=none"}};
    dmarc::Options options;
    CHECK(ask(zone, "ours.co.uk", "x@theirs.co.uk", report::ReportKind::aggregate, options).consent ==
          "own x@theirs.co.uk");
    options.public_suffixes = &list;
    CHECK(ask(zone, "ours.co.uk", "x@theirs.co.uk", report::ReportKind::aggregate, options).consent ==
          "refused");
    CHECK(ask(zone, "ours.co.uk", "x@mail.ours.co.uk", report::ReportKind::aggregate, options).consent ==
          "own x@mail.ours.co.uk");
}
