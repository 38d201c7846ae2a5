#include "report/evaluation.h"

#include "support/catch.h"
#include "unit/report/judged_mail.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace report_test;
using authenticate::Action;
using report::Disposition;

namespace {

// Mail of press.orchard.example that the record at orchard.example speaks for. It passes by a signature.
authenticate::Verdict verdict_of(const char* record, dmarc::Result result) {
    Mail mail{.zone = record_of_orchard(record)};
    if (result == dmarc::Result::pass) {
        mail.signatures = {signature_of("orchard.example", dkim::Cause::verified)};
    } else if (result == dmarc::Result::temperror) {
        mail.signatures = {signature_of("orchard.example", dkim::Cause::lookup_failed)};
    }
    auto verdict = judged(mail);
    REQUIRE(verdict.dmarc->result == result);
    return verdict;
}

// Signatures of mail of press.orchard.example, in the order in which a report has them.
std::string order_of(std::vector<dkim::Verdict> signatures, const char* tags = "") {
    const std::string record = std::string("v=DMARC1; p=reject; rua=mailto:a@b.example") + tags;
    const auto verdict = judged({.zone = {{"TXT _dmarc.press.orchard.example", record},
                                          {"TXT _dmarc.orchard.example", "v=DMARC1; p=none"}},
                                 .signatures = std::move(signatures)});
    const auto evaluation = report::evaluate(
        verdict, {}, {.client = address("192.0.2.7"), .mail_from = "<a@bulk.example>", .at = 1793664005});
    std::string order;
    for (const report::DkimResult& one : evaluation.value().row.dkim) {
        order += one.selector + " ";
    }
    return order;
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

TEST_CASE("the type of the reason that was found is given, and none of our words") {
    using authenticate::OverrideType;
    for (const auto type : {OverrideType::local_policy, OverrideType::mailing_list,
                            OverrideType::trusted_forwarder, OverrideType::other}) {
        auto disposition = done(Action::accept, Action::accept);
        disposition.override_reason = {type, "CEO's private mailbox at gmx"};
        const auto row = evaluated(verdict_of(wanted, dmarc::Result::fail), disposition).row;
        CHECK(row.reasons == std::vector<report::Reason>{{type, ""}});
    }
}

TEST_CASE("the test mode is a reason where it led to what was done") {
    using authenticate::OverrideType;
    struct Case {
        const char* policy;
        Action done;
        std::vector<report::Reason> expected;
    };
    const std::vector<report::Reason> by_test{{OverrideType::policy_test_mode, "t=y"}};
    const std::vector<report::Reason> by_us{{OverrideType::local_policy, ""}};
    const Case cases[] = {
        {"reject", Action::reject, {}},        {"reject", Action::quarantine, by_test},
        {"reject", Action::mark, by_test},     {"reject", Action::accept, by_us},
        {"quarantine", Action::mark, {}},      {"quarantine", Action::accept, by_test},
        {"quarantine", Action::reject, by_us}, {"none", Action::accept, {}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.policy, print(c.done));
        const auto record = std::string("v=DMARC1; t=y; rua=mailto:a@b.example; p=") + c.policy;
        auto disposition = done(c.done, c.done);
        disposition.override_reason = {OverrideType::policy_test_mode, "t=y"};
        CHECK(evaluated(verdict_of(record.c_str(), dmarc::Result::fail), disposition).row.reasons ==
              c.expected);
    }
}

TEST_CASE("a policy that was not lowered by us is followed by less than reject under t=y") {
    const char* record = "v=DMARC1; p=reject; t=y; rua=mailto:a@b.example";
    // Refused for another check's sake: DMARC alone asked for quarantine.
    const auto row =
        evaluated(verdict_of(record, dmarc::Result::fail), done(Action::accept, Action::reject)).row;
    CHECK(row.disposition == Disposition::quarantine);
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
        evaluated(verdict_of(record, dmarc::Result::fail), done(Action::accept, Action::accept));
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
    const std::vector<dkim::Verdict> signatures = {
        signature_of("zz.example", dkim::Cause::verified, "b"),
        signature_of("press.orchard.example", dkim::Cause::body_hash_mismatch, "broken"),
        signature_of("orchard.example", dkim::Cause::verified, "relaxed"),
        signature_of("", dkim::Cause::broken_signature, "unreadable"),
        signature_of("aa.example", dkim::Cause::key_revoked, "c"),
        signature_of("press.orchard.example", dkim::Cause::verified, "strict"),
        signature_of("zz.example", dkim::Cause::verified, "a")};
    CHECK(order_of(signatures) == "strict relaxed a b c broken ");
    CHECK(order_of(signatures, "; adkim=s") == "strict relaxed a b c broken "); // by name
    const auto verdict =
        judged({.zone = record_of_orchard(wanted), .signatures = {signatures[1], signatures[5]}});
    const auto row = evaluated(verdict, done(Action::accept, Action::accept)).row;
    CHECK(row.dkim.back().human_result == "body hash did not verify");
    CHECK(row.dkim.back().result == dkim::Result::fail);
    CHECK(row.dkim.front().human_result.empty());
}

TEST_CASE("what is aligned is known where a strict pass came first") {
    const auto strict = signature_of("press.orchard.example", dkim::Cause::verified, "strict");
    const auto parent = signature_of("orchard.example", dkim::Cause::verified, "parent");
    const auto sibling = signature_of("z.orchard.example", dkim::Cause::verified, "sibling");
    const auto other = signature_of("aa.example", dkim::Cause::verified, "other");
    CHECK(order_of({other, parent, strict}) == "strict parent other ");
    CHECK(order_of({other, sibling, strict}) == "strict sibling other ");
    CHECK(order_of({other, sibling, strict}, "; adkim=s") == "strict other sibling ");
}

TEST_CASE("below a public suffix a stranger's signature is another one") {
    const auto list = dmarc::PublicSuffixList::built_in();
    const std::vector<dkim::Verdict> signatures = {
        signature_of("ours.co.uk", dkim::Cause::verified, "ours"),
        signature_of("a.ours.co.uk", dkim::Cause::verified, "below"),
        signature_of("co.uk", dkim::Cause::verified, "suffix"),
        signature_of("a.co.uk", dkim::Cause::verified, "stranger")};
    const auto verdict = judged({.zone = {{"TXT _dmarc.co.uk", "v=DMARC1; p=none; rua=mailto:a@b.example"}},
                                 .author = "ours.co.uk",
                                 .signatures = signatures,
                                 .list = &list});
    const auto row = evaluated(verdict, done(Action::accept, Action::accept)).row;
    std::string order;
    for (const report::DkimResult& one : row.dkim) {
        order += one.selector + " ";
    }
    CHECK(order == "ours below stranger suffix ");
}

TEST_CASE("both mechanisms are told, whichever was enough") {
    Mail mail{.zone = {{"TXT _dmarc.press.orchard.example", wanted}, {"TXT _dmarc.orchard.example", wanted}},
              .mail_from = "bounce.orchard.example",
              .spf = spf::Result::pass,
              .signatures = {signature_of("press.orchard.example", dkim::Cause::verified)}};
    const auto nothing = done(Action::accept, Action::accept);
    const auto row = evaluated(judged(mail), nothing).row;
    CHECK(row.dkim_aligned);
    CHECK(row.spf_aligned);
    mail.extent = dmarc::Extent::verdict; // SPF was left undecided: nothing is better than what is wrong
    CHECK_FALSE(report::evaluate(judged(mail), nothing, reception()));
    mail.spf = spf::Result::fail;
    mail.signatures.clear();
    CHECK(report::evaluate(judged(mail), nothing, reception())); // all was looked at
}

TEST_CASE("of very many signatures the best are kept") {
    std::vector<dkim::Verdict> signatures(300,
                                          signature_of("aa.example", dkim::Cause::signature_mismatch, "x"));
    signatures.push_back(signature_of("orchard.example", dkim::Cause::verified, "good"));
    const std::string order = order_of(signatures);
    CHECK(order.starts_with("good x "));
    CHECK(std::count(order.begin(), order.end(), ' ') == report::max_signatures);
}

TEST_CASE("of very many addresses of a record some are kept") {
    std::string record = "v=DMARC1; p=none; rua=mailto:a0@b.example";
    for (int i = 1; i < 30; ++i) {
        record += ",mailto:a" + std::to_string(i) + "@b.example";
    }
    const auto policy =
        evaluated(verdict_of(record.c_str(), dmarc::Result::fail), done(Action::accept, Action::accept))
            .policy;
    CHECK(policy.rua.size() == report::max_uris);
    CHECK(policy.rua.back() == "mailto:a15@b.example");
}

TEST_CASE("what the policy asked for is p, sp or np, whatever t is") {
    const char* record = "v=DMARC1; p=reject; sp=quarantine; np=none; t=y; rua=mailto:a@b.example";
    Mail mail{.zone = {{"TXT _dmarc.orchard.example", record},
                       {"A press.orchard.example", "192.0.2.1"},
                       {"A nowhere.orchard.example", "NXDOMAIN"}}};
    const auto asked_for = [&](const char* author) {
        mail.author = author;
        const auto evaluation = evaluated(judged(mail), done(Action::accept, Action::accept));
        CHECK(evaluation.result == dmarc::Result::fail);
        return evaluation.asked_for;
    };
    CHECK(asked_for("orchard.example") == dmarc::Policy::reject);
    CHECK(asked_for("press.orchard.example") == dmarc::Policy::quarantine);
    CHECK(asked_for("nowhere.orchard.example") == dmarc::Policy::none);
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

TEST_CASE("a null sender has no domain, whatever SPF was asked about") {
    auto verdict = verdict_of(wanted, dmarc::Result::fail);
    verdict.sender.mail_from->domain = "helo.bulk.example"; // RFC 7208 2.4
    verdict.sender.null_sender = true;
    auto given = reception();
    given.mail_from = "<>";
    const auto nothing = done(Action::accept, Action::accept);
    auto row = report::evaluate(verdict, nothing, given).value().row;
    CHECK_FALSE(row.envelope_from);
    CHECK(row.spf == report::SpfResult{name("helo.bulk.example"), spf::Result::softfail});
    verdict.sender.null_sender = false; // a relay's rewriting undone: the path alone is null
    CHECK_FALSE(report::evaluate(verdict, nothing, given).value().row.envelope_from);
    verdict.sender.null_sender = true; // and the other way round
    given.mail_from = "<a@path.example>";
    CHECK(report::evaluate(verdict, nothing, given).value().row.envelope_from == name("path.example"));
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
