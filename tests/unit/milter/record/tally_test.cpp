#include "milter/record/tally.h"

#include "milter/record/log_line.h"
#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <vector>

using authenticate::Action;
using authenticate::Finding;
using authenticate::OverrideType;
using milter::record::Counters;
using milter::record::MessageFacts;
using milter::record::Mode;
using milter::record::Unsigned;

namespace {

std::string counted(const Counters& counters) {
    std::string text;
    for (const auto& count : counters.read()) {
        if (count.value > 0) {
            text += fmt::format("{}{}={}", text.empty() ? "" : " ", count.name, count.value);
        }
    }
    return text;
}

std::string tally(const MessageFacts& facts) {
    Counters counters;
    milter::record::tally(facts, counters);
    return counted(counters);
}

MessageFacts verified() {
    MessageFacts facts;
    facts.mode = Mode::verify;
    auto& verdict = facts.verdict.emplace();
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = spf::Result::softfail;
    verdict.dkim_checked = true;
    verdict.dmarc.emplace();
    verdict.dmarc->result = dmarc::Result::fail;
    return facts;
}

MessageFacts ours() {
    MessageFacts facts;
    facts.mode = Mode::sign;
    return facts;
}

Finding finding(Action due, Action taken) {
    Finding finding;
    finding.reason = "dmarc-reject";
    finding.setting = "dmarc_reject";
    finding.asked = due;
    finding.due = due;
    finding.taken = taken;
    finding.dry_run = due != taken;
    return finding;
}

Finding spared(OverrideType type) {
    Finding spared = finding(Action::accept, Action::accept);
    spared.exception = {"friends", type, "p.yaml", 1};
    return spared;
}

MessageFacts judged(Action action, std::vector<Finding> findings) {
    MessageFacts facts = verified();
    facts.disposition.action = action;
    facts.disposition.reason = "dmarc-reject";
    facts.disposition.findings = std::move(findings);
    return facts;
}

} // namespace

TEST_CASE("results of an incoming message") {
    MessageFacts facts = verified();
    const std::string rest = " dmarc.fail=1 disposition.accept=1";
    CHECK(tally(facts) == "messages.verify=1 spf.softfail=1 dkim.none=1" + rest);
    auto& verdict = *facts.verdict;
    for (const auto result : {dkim::Result::pass, dkim::Result::fail, dkim::Result::pass}) {
        verdict.dkim.emplace_back().result = result;
    }
    CHECK(tally(facts) == "messages.verify=1 spf.softfail=1 dkim.pass=2 dkim.fail=1" + rest);
    verdict.dkim.clear();
    verdict.dkim_checked = false;
    verdict.sender.mail_from.reset();
    verdict.dmarc.reset();
    verdict.sender.iprev.emplace();
    verdict.sender.iprev->result = iprev::Result::permerror;
    CHECK(tally(facts) == "messages.verify=1 iprev.permerror=1 disposition.accept=1");
}

TEST_CASE("what was done, and what would have been without a dry run") {
    struct Case {
        const char* name;
        MessageFacts facts;
        std::string expected;
        bool logged; // as would=reject
    };
    const std::vector<Case> cases = {
        {"refused", judged(Action::reject, {finding(Action::reject, Action::reject)}), "disposition.reject=1",
         false},
        {"a dry run", judged(Action::accept, {finding(Action::reject, Action::accept)}),
         "disposition.accept=1 would.reject=1", true},
        {"a dry run beside what is done",
         judged(Action::mark, {finding(Action::mark, Action::mark), finding(Action::tempfail, Action::accept),
                               finding(Action::reject, Action::accept)}),
         "disposition.mark=1 would.reject=1", true},
        {"a dry run of no more than is done",
         judged(Action::mark, {finding(Action::mark, Action::mark), finding(Action::mark, Action::accept)}),
         "disposition.mark=1", false},
        {"an exception, for two findings",
         judged(Action::accept, {spared(OverrideType::mailing_list), spared(OverrideType::mailing_list)}),
         "disposition.accept=1 exception.mailing_list=1", false},
        {"two exceptions",
         judged(Action::accept, {spared(OverrideType::mailing_list), spared(OverrideType::local_policy)}),
         "disposition.accept=1 exception.local_policy=1 exception.mailing_list=1", false},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(tally(c.facts) == "messages.verify=1 spf.softfail=1 dkim.none=1 dmarc.fail=1 " + c.expected);
        CHECK((log_line(c.facts).find(" would=reject") != std::string::npos) == c.logged);
    }
}

TEST_CASE("the line names the setting of a dry run beside what is done") {
    Finding author = finding(Action::mark, Action::mark);
    author.setting = "author_several_fields";
    const auto line = log_line(judged(Action::mark, {author, finding(Action::reject, Action::accept)}));
    CHECK(line.find(" setting=author.several_fields would=reject would.setting=policy.dmarc_reject ") !=
          std::string::npos);
}

TEST_CASE("mail of our own, and mail that is left alone") {
    MessageFacts facts = ours();
    facts.signed_by = {"example.org/r", "example.org/e"};
    CHECK(tally(facts) == "messages.sign=1 own_disposition.accept=1 signatures=2");
    facts.signed_by.clear();
    facts.unsigned_reason = Unsigned::recipient;
    facts.disposition.action = Action::tempfail;
    CHECK(tally(facts) == "messages.sign=1 own_disposition.tempfail=1 unsigned.recipient=1");
    facts.mode = Mode::keep;
    CHECK(tally(facts) == "messages.keep=1");
}

TEST_CASE("mail that its submitter may not have signed, and mail that is fragile") {
    using message::Fragility;
    MessageFacts facts = ours();
    facts.unsigned_reason = Unsigned::submitter;
    facts.disposition.action = Action::reject;
    CHECK(tally(facts) == "messages.sign=1 own_disposition.reject=1 unsigned.submitter=1");
    facts.fragile = {Fragility::long_body_line, Fragility::missing_field};
    facts.unsigned_reason = Unsigned::fragile;
    facts.disposition.action = Action::tempfail;
    CHECK(tally(facts) == "messages.sign=1 own_disposition.tempfail=1 unsigned.fragile=1 "
                          "fragile.long-body-line=1 fragile.missing-field=1");
    facts.signed_by = {"example.org/r"}; // signing.fragile: warn
    facts.disposition.action = Action::accept;
    CHECK(tally(facts) == "messages.sign=1 own_disposition.accept=1 signatures=1 fragile.long-body-line=1 "
                          "fragile.missing-field=1");
}

TEST_CASE("recipients that were answered") {
    const auto count = [](const Finding& finding) {
        Counters counters;
        milter::record::tally(authenticate::PolicydOutcome{finding, {}}, counters);
        return counted(counters);
    };
    CHECK(count({}).empty());
    CHECK(count(finding(Action::reject, Action::reject)) == "recipient.reject=1");
    CHECK(count(finding(Action::tempfail, Action::accept)) ==
          "recipient.accept=1 recipient_would.tempfail=1");
    CHECK(count(spared(OverrideType::other)) == "exception.other=1 recipient.accept=1");
}
