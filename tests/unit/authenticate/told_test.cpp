#include "authenticate/told.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

using authenticate::Action;
using authenticate::Disposition;
using authenticate::Finding;
using authenticate::Ground;
using authres::MethodResult;

Finding finding(Ground ground, Action asked, Action due, Action taken) {
    Finding one;
    one.ground = ground;
    one.asked = asked;
    one.due = due;
    one.taken = taken;
    one.dry_run = due != taken;
    return one;
}

std::vector<MethodResult> results(std::string dmarc = "fail", std::string comment = "p=reject t=y") {
    MethodResult spf;
    spf.method = "spf";
    spf.result = "fail";
    MethodResult last;
    last.method = "dmarc";
    last.result = std::move(dmarc);
    last.comments = {std::move(comment)};
    return {spf, last};
}

std::vector<std::string> told(const Finding& one, std::vector<MethodResult> list = results()) {
    Disposition disposition;
    disposition.findings = {one};
    tell_disposition(disposition, list);
    return list.back().comments;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("the comment of a DMARC fail says what was done for it") {
    const std::pair<Action, const char*> actions[]{
        {Action::accept, "p=reject dis=none t=y"},           {Action::mark, "p=reject dis=quarantine t=y"},
        {Action::quarantine, "p=reject dis=quarantine t=y"}, {Action::tempfail, "p=reject dis=reject t=y"},
        {Action::reject, "p=reject dis=reject t=y"},         {Action::discard, "p=reject dis=reject t=y"}};
    for (const auto& [action, comment] : actions) {
        CHECK(told(finding(Ground::dmarc, action, action, action)) == Texts{comment});
    }
    // What was done for another reason is not what was done for DMARC.
    CHECK(told(finding(Ground::spf, Action::mark, Action::mark, Action::mark)) ==
          Texts{"p=reject dis=none t=y"});
    const auto marked = finding(Ground::dmarc, Action::mark, Action::mark, Action::mark);
    CHECK(told(marked, results("fail", "np=reject")) == Texts{"np=reject dis=quarantine"});
    CHECK(told(marked, results("pass")) == Texts{"p=reject t=y"});
    CHECK(told(marked, results("fail", "no policy applies")) == Texts{"no policy applies"});
}

TEST_CASE("why less was done stands beside the result that it is for") {
    auto milder = finding(Ground::dmarc, Action::reject, Action::mark, Action::accept);
    milder.why_milder = "passed on (List-Id)";
    CHECK(told(milder) == Texts{"p=reject dis=none t=y", "would mark: passed on List-Id"});
    milder = finding(Ground::dmarc, Action::reject, Action::mark, Action::mark);
    milder.why_milder = "to postmaster or abuse alone";
    CHECK(told(milder).back() == "marked: to postmaster or abuse alone");
    milder.why_milder = authenticate::through_relay;
    CHECK(told(milder).back() == "marked: the relay would have to bounce it");
    auto excepted = finding(Ground::dmarc, Action::reject, Action::accept, Action::accept);
    excepted.exception = {"the choir", authenticate::OverrideType::mailing_list, "p.yaml", 3};
    CHECK(told(excepted) == Texts{"p=reject dis=none t=y", "accepted by exception the choir"});
    excepted.ground = Ground::spf;
    auto list = results();
    Disposition disposition;
    disposition.findings = {excepted};
    tell_disposition(disposition, list);
    CHECK(list.front().comments == Texts{"accepted by exception the choir"});
    CHECK(list.back().comments == Texts{"p=reject dis=none t=y"});
    // Of a method without a result, and of the author, DMARC's has it.
    excepted.ground = Ground::author;
    CHECK(told(excepted).back() == "accepted by exception the choir");
}

TEST_CASE("no comment about what was done spells a result") {
    auto excepted = finding(Ground::dmarc, Action::reject, Action::accept, Action::accept);
    excepted.exception = {"dmarc=pass", authenticate::OverrideType::local_policy, "", 0};
    CHECK(told(excepted).back() == "accepted by exception dmarc?pass");
}
