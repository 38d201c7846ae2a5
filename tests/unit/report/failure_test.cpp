#include "report/failure.h"

#include "support/catch.h"
#include "unit/report/failed_mail.h"

#include <string>

using namespace report_test;
using report::Absent;
using report::FailureKind;

namespace {

std::string kind_of(const authenticate::Verdict& verdict, Absent absent = Absent::fails) {
    const auto failure = report::find_failure(verdict, absent);
    if (!failure) {
        return "-";
    }
    switch (failure->kind) {
    case FailureKind::dmarc:
        return "dmarc";
    case FailureKind::dkim:
        return "dkim" + std::to_string(failure->signature);
    case FailureKind::spf:
        return "spf";
    }
    return "?";
}

std::string record(const std::string& fo) {
    return "v=DMARC1; p=none; ruf=mailto:f@orchard.example; fo=" + fo;
}

// Passes by DKIM; SPF gave nothing aligned.
Mail passed_mail(const std::string& fo) {
    return {.zone = record_of_orchard(record(fo)),
            .signatures = {signature_of("orchard.example", dkim::Cause::verified)}};
}

} // namespace

TEST_CASE("what fo asks for") {
    using report::FailureOptions;
    CHECK(report::read_failure_options("0") == FailureOptions{.all = true});
    CHECK(report::read_failure_options("1:d:s") == FailureOptions{.any = true, .dkim = true, .spf = true});
    CHECK(report::read_failure_options("D") == FailureOptions{.dkim = true});
    for (const char* unreadable : {"", "2", "0:1", "d:x", "0:", ":"}) {
        CAPTURE(unreadable);
        CHECK(report::read_failure_options(unreadable) == FailureOptions{.all = true});
    }
}

TEST_CASE("a message that fails DMARC") {
    CHECK(kind_of(failed_mail(record("0"))) == "dmarc");
    CHECK(kind_of(failed_mail(record("1"))) == "dmarc");
    CHECK(kind_of(failed_mail(record("d"))) == "-");
    CHECK(kind_of(failed_mail(record("s"))) == "-"); // softfail is no fail
    CHECK(kind_of(failed_mail("v=DMARC1; p=reject; rua=mailto:a@orchard.example")) == "-");
    CHECK(kind_of(failed_mail("v=DMARC1; p=reject; psd=y; ruf=mailto:a@orchard.example")) == "-");
    CHECK(kind_of(authenticate::Verdict()) == "-");
}

TEST_CASE("a registry gets no failure reports about its customers, whatever it publishes") {
    const auto list = dmarc::PublicSuffixList::built_in();
    Mail mail{.zone = {{"TXT _dmarc.co.uk", "v=DMARC1; p=none; ruf=mailto:f@co.uk"}}, .author = "ours.co.uk"};
    CHECK(kind_of(judged(mail)) == "dmarc");
    mail.list = &list;
    CHECK(kind_of(judged(mail)) == "-");
    mail.zone = {{"TXT _dmarc.ours.co.uk", "v=DMARC1; p=none; ruf=mailto:f@ours.co.uk"}};
    CHECK(kind_of(judged(mail)) == "dmarc");
}

TEST_CASE("a message that passes DMARC by one mechanism") {
    CHECK(kind_of(judged(passed_mail("0"))) == "-");
    CHECK(kind_of(judged(passed_mail("1"))) == "dmarc");
    Mail other = passed_mail("1"); // SPF would pass for the organization
    other.mail_from = "bounce.orchard.example";
    other.spf = spf::Result::pass;
    CHECK(kind_of(judged(other)) == "-");
    other.spf = spf::Result::temperror; // left open
    CHECK(kind_of(judged(other)) == "-");
}

TEST_CASE("mechanisms that were not used count or do not") {
    Mail unsigned_mail = passed_mail("1");
    unsigned_mail.signatures.clear();
    unsigned_mail.mail_from = "orchard.example";
    unsigned_mail.spf = spf::Result::pass;
    CHECK(kind_of(judged(unsigned_mail), Absent::fails) == "dmarc");
    CHECK(kind_of(judged(unsigned_mail), Absent::passes_over) == "-");
    Mail without_spf = passed_mail("1");
    without_spf.spf = spf::Result::none;
    CHECK(kind_of(judged(without_spf), Absent::fails) == "dmarc");
    CHECK(kind_of(judged(without_spf), Absent::passes_over) == "-");
}

TEST_CASE("an open question is no failure") {
    for (const auto result : {dmarc::Result::temperror, dmarc::Result::permerror}) {
        auto verdict = failed_mail(record("1"));
        verdict.dmarc->result = result;
        CHECK(kind_of(verdict) == "-");
    }
    Mail open = passed_mail("0:s:d");
    open.signatures = {signature_of("orchard.example", dkim::Cause::lookup_failed)};
    CHECK(kind_of(judged(open)) == "-");
}

TEST_CASE("reports of one mechanism") {
    Mail mail = passed_mail("d:s");
    CHECK(kind_of(judged(mail)) == "-");
    mail.signatures.push_back(signature_of("lists.example", dkim::Cause::lookup_failed));
    CHECK(kind_of(judged(mail)) == "-"); // an open question
    mail.signatures.push_back(signature_of("lists.example", dkim::Cause::body_hash_mismatch));
    mail.spf = spf::Result::fail;
    CHECK(kind_of(judged(mail)) == "dkim2");
    mail.signatures.clear();
    CHECK(kind_of(judged(mail)) == "spf");
    CHECK(kind_of(failed_mail(record("0:d"))) == "dmarc");
    for (const auto cause : {dkim::Cause::no_key, dkim::Cause::key_revoked}) { // permerror
        mail.spf = spf::Result::softfail;
        mail.signatures = {signature_of("lists.example", cause)};
        REQUIRE(mail.signatures[0].result == dkim::Result::permerror);
        CHECK(kind_of(judged(mail)) == "dkim0");
    }
    for (const auto cause :
         {dkim::Cause::broken_signature, dkim::Cause::key_too_small}) { // none at all; ours
        mail.signatures = {signature_of("lists.example", cause)};
        CHECK(kind_of(judged(mail)) == "-");
    }
}

TEST_CASE("mail about which no failure report is sent") {
    const auto verdict = failed_mail(record("0"));
    const auto why = [&](const report::FailureReception& reception) {
        return report::failure_obstacle(verdict, reception);
    };
    CHECK(why({}) == "");
    CHECK(why({.null_sender = true}) == "null sender");
    CHECK(why({.hosted = true}) == "the author's domain is one of ours");
    CHECK(why({.own_report = true}) == "a report of our own");
    CHECK(why({.kind = {.report = true}}) == "report mail");
    CHECK(why({.kind = {.automatic = true}}) == "written by a machine");
    CHECK(why({.kind = {.list = true}}) == "passed on by a mailing list");
    CHECK(report::failure_obstacle(authenticate::Verdict(), {}) == "no author domain");
}

TEST_CASE("nobody gets a report about mail of his own") {
    const auto verdict = failed_mail(record("0"));
    const auto destination = [](std::string_view text) { return report::read_address(text).value(); };
    CHECK(report::is_author(verdict, destination("ann@press.orchard.example")));
    CHECK(report::is_author(verdict, destination("ANN@press.orchard.example")));
    CHECK_FALSE(report::is_author(verdict, destination("f@press.orchard.example")));
    CHECK_FALSE(report::is_author(verdict, destination("ann@orchard.example")));
}
