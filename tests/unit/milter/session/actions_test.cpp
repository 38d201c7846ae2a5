#include "milter/session/actions.h"

#include "support/catch.h"

#include <vector>

using authenticate::Action;
using milter::session::Reply;

TEST_CASE("a disposition becomes what a mail server is told") {
    struct Case {
        Action action;
        Reply reply;
        bool held;
    };
    const std::vector<Case> cases{
        {Action::accept, Reply::proceed, false},    {Action::mark, Reply::proceed, false},
        {Action::quarantine, Reply::proceed, true}, {Action::tempfail, Reply::tempfail, false},
        {Action::reject, Reply::reject, false},     {Action::discard, Reply::discard, false},
    };
    for (const Case& c : cases) {
        const auto actions = milter::session::actions_for({c.action, "no-from", std::nullopt, {}});
        CHECK(actions.reply == c.reply);
        CHECK(actions.hold_reason == (c.held ? "no-from" : ""));
        CHECK(actions.insertions.empty());
    }
}

TEST_CASE("fields and reply of a disposition are carried over") {
    const auto actions = milter::session::actions_for({Action::reject,
                                                       "several-from",
                                                       authenticate::SmtpReply{"550", "5.7.1", "no"},
                                                       {{"X-Hold", "several-from"}}});
    CHECK(actions.code == "550");
    CHECK(actions.enhanced == "5.7.1");
    CHECK(actions.text == "no");
    REQUIRE(actions.insertions.size() == 1);
    CHECK(actions.insertions.front().name == "X-Hold");
    CHECK(actions.insertions.front().body == " several-from");
}
