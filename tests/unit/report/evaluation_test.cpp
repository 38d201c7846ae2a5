#include "report/evaluation.h"

#include "support/catch.h"
#include "unit/report/values.h"

#include <string>

using namespace report_test;
using authenticate::Action;
using report::Disposition;

namespace {

// Mail of press.orchard.example that the record at orchard.example speaks for.
authenticate::Verdict verdict_of(const char* record, dmarc::Result result) {
    dmarc::Verdict evaluation;
    evaluation.result = result;
    evaluation.policy_domain = name("orchard.example");
    evaluation.organizational_domain = name("orchard.example");
    evaluation.record = dmarc::parse_record(record);
    evaluation.published_policy = evaluation.record->p.policy;
    evaluation.policy = evaluation.record->test ? dmarc::Policy::none : evaluation.record->p.policy;
    evaluation.dkim = result == dmarc::Result::pass ? dmarc::Alignment::yes : dmarc::Alignment::no;
    evaluation.spf = dmarc::Alignment::no;
    authenticate::Verdict verdict;
    verdict.dmarc = authenticate::DmarcVerdict{.result = result,
                                               .author_domain = name("press.orchard.example"),
                                               .evaluation = evaluation,
                                               .problem = {}};
    spf::Verdict spf;
    spf.result = spf::Result::softfail;
    spf.domain = "bulk.example";
    verdict.sender.mail_from = spf;
    return verdict;
}

authenticate::Disposition done(Action taken_for_dmarc, Action in_all) {
    authenticate::Disposition disposition;
    disposition.action = in_all;
    authenticate::Finding finding;
    finding.ground = authenticate::Ground::dmarc;
    finding.taken = taken_for_dmarc;
    disposition.findings.push_back(finding);
    return disposition;
}

report::Reception reception() {
    return {.client = address("192.0.2.7"), .mail_from = "<a@bulk.example>", .at = 1793664000 + 5};
}

constexpr const char* wanted = "v=DMARC1; p=reject; rua=mailto:agg@orchard.example";

report::Evaluation evaluated(const authenticate::Verdict& verdict,
                             const authenticate::Disposition& disposition) {
    return report::evaluate(verdict, disposition, reception()).value();
}

dkim::Verdict signature(const char* domain, const char* selector, dkim::Cause cause) {
    dkim::Verdict verdict;
    verdict.domain = domain;
    verdict.selector = selector;
    verdict.result = dkim::result_of(cause);
    verdict.cause = cause;
    return verdict;
}

} // namespace

TEST_CASE("what is done with a message that fails") {
    struct Case {
        const char* record;
        Action dmarc, all;
        Disposition expected;
        bool reason;
    };
    const Case cases[] = {
        {"v=DMARC1; p=none; rua=mailto:a@b.example", Action::accept, Action::accept, Disposition::none,
         false},
        {"v=DMARC1; p=none; rua=mailto:a@b.example", Action::accept, Action::reject, Disposition::none,
         false},
        {"v=DMARC1; p=quarantine; rua=mailto:a@b.example", Action::mark, Action::mark,
         Disposition::quarantine, false},
        {"v=DMARC1; p=quarantine; rua=mailto:a@b.example", Action::quarantine, Action::quarantine,
         Disposition::quarantine, false},
        {"v=DMARC1; p=quarantine; rua=mailto:a@b.example", Action::accept, Action::reject,
         Disposition::quarantine, false},
        {"v=DMARC1; p=quarantine; rua=mailto:a@b.example", Action::reject, Action::reject,
         Disposition::reject, true},
        {wanted, Action::reject, Action::reject, Disposition::reject, false},
        {wanted, Action::discard, Action::discard, Disposition::reject, false},
        {wanted, Action::accept, Action::reject, Disposition::reject, false},
        {wanted, Action::mark, Action::mark, Disposition::quarantine, true},
        {wanted, Action::accept, Action::accept, Disposition::none, true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.record, print(c.dmarc), print(c.all));
        const auto row = evaluated(verdict_of(c.record, dmarc::Result::fail), done(c.dmarc, c.all)).row;
        CHECK(print(row.disposition) == print(c.expected));
        CHECK(row.reasons.size() == (c.reason ? 1 : 0));
        CHECK_FALSE(row.dkim_aligned);
        CHECK_FALSE(row.spf_aligned);
    }
}

TEST_CASE("the reason that was found is given") {
    auto disposition = done(Action::accept, Action::accept);
    disposition.override_reason = {authenticate::OverrideType::mailing_list, "passed on (List-Id)\r\n"};
    const auto row = evaluated(verdict_of(wanted, dmarc::Result::fail), disposition).row;
    CHECK(row.reasons ==
          std::vector<report::Reason>{{authenticate::OverrideType::mailing_list, "passed on (List-Id)??"}});
}

TEST_CASE("a message that passes was let through by an enforcing policy or by none") {
    const auto nothing = done(Action::accept, Action::accept);
    const auto of = [&](const char* record) {
        return evaluated(verdict_of(record, dmarc::Result::pass), nothing).row;
    };
    CHECK(of(wanted).disposition == Disposition::pass);
    CHECK(of(wanted).dkim_aligned);
    CHECK(of("v=DMARC1; p=reject; t=y; rua=mailto:a@b.example").disposition == Disposition::pass);
    CHECK(of("v=DMARC1; p=none; rua=mailto:a@b.example").disposition == Disposition::none);
    CHECK(of(wanted).reasons.empty());
}

TEST_CASE("an evaluation that ended in an error is counted with its reason") {
    const auto nothing = done(Action::accept, Action::accept);
    const auto row = evaluated(verdict_of(wanted, dmarc::Result::temperror), nothing).row;
    CHECK(row.disposition == Disposition::none);
    CHECK(row.reasons == std::vector<report::Reason>{{authenticate::OverrideType::other, "dmarc=temperror"}});
}

TEST_CASE("what is not counted") {
    const auto verdict = verdict_of(wanted, dmarc::Result::fail);
    const auto nothing = done(Action::accept, Action::accept);
    CHECK(report::evaluate(verdict, nothing, reception()));
    CHECK_FALSE(report::evaluate(verdict, done(Action::accept, Action::tempfail), reception()));
    CHECK_FALSE(report::evaluate(verdict, nothing, {.at = 5}));
    auto without = verdict;
    without.dmarc->evaluation->record.reset();
    CHECK_FALSE(report::evaluate(without, nothing, reception()));
    CHECK_FALSE(report::wants_reports(without));
    CHECK_FALSE(report::evaluate(authenticate::Verdict(), nothing, reception()));
}

TEST_CASE("who wants reports") {
    CHECK(report::wants_reports(verdict_of(wanted, dmarc::Result::fail)));
    CHECK_FALSE(report::wants_reports(verdict_of("v=DMARC1; p=reject", dmarc::Result::fail)));
    CHECK_FALSE(report::wants_reports(authenticate::Verdict()));
}

TEST_CASE("the policy as it is published") {
    const char* record =
        "v=DMARC1; p=reject; sp=quarantine; adkim=s; t=y; fo=1:d; ruf=mailto:f@b.example; rua="
        "mailto:a@b.example!10m, https://b.example/, nonsense";
    const auto evaluation =
        evaluated(verdict_of(record, dmarc::Result::pass), done(Action::accept, Action::accept));
    const report::Policy& policy = evaluation.policy;
    CHECK(policy.domain == name("orchard.example"));
    CHECK(policy.p == dmarc::Policy::reject);
    CHECK(policy.sp == dmarc::Policy::quarantine);
    CHECK(policy.np == dmarc::Policy::quarantine);
    CHECK(policy.adkim == dmarc::AlignmentMode::strict);
    CHECK(policy.aspf == dmarc::AlignmentMode::relaxed);
    CHECK(policy.testing);
    CHECK(policy.fo == "1:d");
    CHECK(policy.rua == std::vector<std::string>{"mailto:a@b.example", "https://b.example/"});
    CHECK(policy.error == "rua=: \"nonsense\" is not a usable URI");
    CHECK(evaluation.day == report::day_of(1793664000));
    CHECK(report::unpack_policy(pack(policy)) == policy);
}

TEST_CASE("a record that is taken for p=none is reported as that") {
    auto verdict = verdict_of("v=DMARC1; p=nonsense; sp=reject; rua=mailto:a@b.example", dmarc::Result::fail);
    const auto policy = evaluated(verdict, done(Action::accept, Action::accept)).policy;
    CHECK(policy.p == dmarc::Policy::none);
    CHECK(policy.sp == dmarc::Policy::none);
    CHECK(policy.np == dmarc::Policy::none);
}

TEST_CASE("signatures stand in the order of their worth") {
    auto verdict = verdict_of(wanted, dmarc::Result::pass);
    verdict.dkim = {
        signature("zz.example", "b", dkim::Cause::verified),
        signature("press.orchard.example", "broken", dkim::Cause::body_hash_mismatch),
        signature("orchard.example", "relaxed", dkim::Cause::verified),
        signature("", "unreadable", dkim::Cause::broken_signature),
        signature("aa.example", "c", dkim::Cause::key_revoked),
        signature("press.orchard.example", "strict", dkim::Cause::verified),
        signature("zz.example", "a", dkim::Cause::verified),
    };
    const auto row = evaluated(verdict, done(Action::accept, Action::accept)).row;
    std::string order;
    for (const report::DkimResult& one : row.dkim) {
        order += one.selector + " ";
    }
    CHECK(order == "strict relaxed a b c broken ");
    CHECK(row.dkim.back().human_result == "body hash did not verify");
    CHECK(row.dkim.back().result == dkim::Result::fail);
    CHECK(row.dkim.front().human_result.empty());
}

TEST_CASE("of very many signatures the best are kept") {
    auto verdict = verdict_of(wanted, dmarc::Result::pass);
    verdict.dkim.assign(300, signature("aa.example", "x", dkim::Cause::signature_mismatch));
    verdict.dkim.push_back(signature("orchard.example", "good", dkim::Cause::verified));
    const auto row = evaluated(verdict, done(Action::accept, Action::accept)).row;
    CHECK(row.dkim.size() == report::max_signatures);
    CHECK(row.dkim.front().selector == "good");
}

TEST_CASE("the envelope") {
    const auto nothing = done(Action::accept, Action::accept);
    auto verdict = verdict_of(wanted, dmarc::Result::fail);
    auto given = reception();
    const auto row = [&] { return report::evaluate(verdict, nothing, given).value().row; };
    CHECK(row().envelope_from == name("bulk.example"));
    CHECK_FALSE(row().envelope_to);
    CHECK(row().spf == report::SpfResult{name("bulk.example"), spf::Result::softfail});
    given.recipients = {"<a@harbour.example>", "<b@HARBOUR.example>"};
    CHECK(row().envelope_to == name("harbour.example"));
    given.recipients.emplace_back("<c@other.example>");
    CHECK_FALSE(row().envelope_to);
    verdict.sender.mail_from.reset();
    given.mail_from = "a@b\xc3\xbc"
                      "cher.example";
    CHECK(row().envelope_from == name("xn--bcher-kva.example"));
    CHECK_FALSE(row().spf);
    given.mail_from = "<a@-.example\r\n>";
    CHECK_FALSE(row().envelope_from);
}

TEST_CASE("mail that makes no report due") {
    const auto nothing = done(Action::accept, Action::accept);
    auto verdict = verdict_of(wanted, dmarc::Result::fail);
    auto given = reception();
    const auto due = [&] { return print(report::evaluate(verdict, nothing, given).value().due); };
    CHECK(due() == "yes");
    given.kind = {.list = true};
    CHECK(due() == "yes");
    given.kind = {.automatic = true};
    CHECK(due() == "automatic");
    given.kind = {.report = true};
    CHECK(due() == "report mail");
    given.mail_from = "<>";
    CHECK(due() == "null sender");
}
