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
authenticate::Verdict passed_mail(const std::string& fo) {
    auto verdict = failed_mail(record(fo));
    verdict.dmarc->result = dmarc::Result::pass;
    verdict.dmarc->evaluation->dkim = dmarc::Alignment::yes;
    verdict.dkim = {signature_of("orchard.example", dkim::Cause::verified)};
    return verdict;
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

TEST_CASE("a message that passes DMARC by one mechanism") {
    CHECK(kind_of(passed_mail("0")) == "-");
    CHECK(kind_of(passed_mail("1")) == "dmarc");
    auto undecided = passed_mail("1");
    undecided.dmarc->evaluation->spf = dmarc::Alignment::undecided;
    CHECK(kind_of(undecided) == "-");
}

TEST_CASE("mechanisms that were not used count or do not") {
    auto unsigned_mail = passed_mail("1");
    unsigned_mail.dkim.clear();
    unsigned_mail.dmarc->evaluation->dkim = dmarc::Alignment::no;
    unsigned_mail.dmarc->evaluation->spf = dmarc::Alignment::yes;
    CHECK(kind_of(unsigned_mail, Absent::fails) == "dmarc");
    CHECK(kind_of(unsigned_mail, Absent::passes_over) == "-");
    auto without_spf = passed_mail("1");
    without_spf.sender.mail_from->result = spf::Result::none;
    CHECK(kind_of(without_spf, Absent::fails) == "dmarc");
    CHECK(kind_of(without_spf, Absent::passes_over) == "-");
}

TEST_CASE("an open question is no failure") {
    for (const auto result : {dmarc::Result::temperror, dmarc::Result::permerror}) {
        auto verdict = failed_mail(record("1"));
        verdict.dmarc->result = result;
        CHECK(kind_of(verdict) == "-");
    }
}

TEST_CASE("reports of one mechanism") {
    auto verdict = passed_mail("d:s");
    CHECK(kind_of(verdict) == "-");
    verdict.dkim.push_back(signature_of("lists.example", dkim::Cause::lookup_failed));
    CHECK(kind_of(verdict) == "-"); // an open question
    verdict.dkim.push_back(signature_of("lists.example", dkim::Cause::body_hash_mismatch));
    verdict.sender.mail_from->result = spf::Result::fail;
    CHECK(kind_of(verdict) == "dkim2");
    verdict.dkim.clear();
    CHECK(kind_of(verdict) == "spf");
    CHECK(kind_of(failed_mail(record("0:d"))) == "dmarc");
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
