#include "authenticate/disposition.h"

#include "support/catch.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

using authenticate::Action;
using authenticate::AuthorActions;
using authenticate::Policy;
using State = message::Author::State;

namespace {

constexpr Action every_action[] = {Action::accept,   Action::mark,   Action::quarantine,
                                   Action::tempfail, Action::reject, Action::discard};

authenticate::Verdict verdict_of(State state, bool stray = false) {
    authenticate::Verdict verdict;
    verdict.author.state = state;
    verdict.stray_line_breaks = stray;
    return verdict;
}

Policy lenient() {
    Policy policy;
    policy.author = {Action::accept, Action::accept, Action::accept, Action::accept, Action::accept};
    return policy;
}

authenticate::Disposition decide(const authenticate::Verdict& verdict, const Policy& policy) {
    return authenticate::dispose(verdict, {}, policy, {});
}

} // namespace

TEST_CASE("every action has a word of its own") {
    std::set<std::string_view> words;
    for (const Action action : every_action) {
        words.insert(print(action));
    }
    CHECK(words.size() == std::size(every_action));
}

TEST_CASE("every state of the author has its own rule") {
    struct Case {
        State state;
        Action AuthorActions::* rule;
        std::string_view reason;
    };
    const std::vector<Case> cases{
        {State::none, &AuthorActions::missing, "no-from"},
        {State::several_fields, &AuthorActions::several_fields, "several-from"},
        {State::several_domains, &AuthorActions::several_domains, "several-domains"},
        {State::unreadable, &AuthorActions::unreadable, "unreadable-from"}};
    for (const Case& c : cases) {
        for (const Action action : every_action) {
            Policy rules = lenient();
            rules.author.*c.rule = action;
            const auto disposition = decide(verdict_of(c.state), rules);
            CHECK(disposition.action == action);
            CHECK(disposition.reason == c.reason);
            const auto of_others = decide(verdict_of(State::one), rules);
            CHECK(of_others.action == Action::accept);
            CHECK(of_others.reason.empty());
        }
    }
}

TEST_CASE("of an author in doubt and a line break the stricter one decides") {
    struct Case {
        State state;
        bool stray;
        Action unreadable;
        Action stray_line_break;
        Action action;
        std::string_view reason;
    };
    const std::vector<Case> cases{
        {State::one, false, Action::mark, Action::mark, Action::accept, ""},
        {State::one, true, Action::mark, Action::mark, Action::mark, "stray-line-break"},
        {State::one, true, Action::reject, Action::accept, Action::accept, "stray-line-break"},
        {State::one, true, Action::mark, Action::reject, Action::reject, "stray-line-break"},
        {State::unreadable, false, Action::mark, Action::reject, Action::mark, "unreadable-from"},
        {State::unreadable, true, Action::mark, Action::mark, Action::mark, "unreadable-from"},
        {State::unreadable, true, Action::accept, Action::mark, Action::mark, "stray-line-break"},
        {State::unreadable, true, Action::reject, Action::mark, Action::reject, "unreadable-from"},
        {State::unreadable, true, Action::tempfail, Action::reject, Action::reject, "stray-line-break"},
    };
    for (const Case& c : cases) {
        Policy rules = lenient();
        rules.author.unreadable = c.unreadable;
        rules.author.stray_line_break = c.stray_line_break;
        const auto disposition = decide(verdict_of(c.state, c.stray), rules);
        CHECK(disposition.action == c.action);
        CHECK(disposition.reason == c.reason);
    }
}

TEST_CASE("what one state hides counts as well") {
    auto verdict = verdict_of(State::several_fields);
    verdict.author.also = {State::several_domains, State::unreadable};
    Policy rules = lenient();
    rules.author.several_fields = Action::mark;
    CHECK(decide(verdict, rules).reason == "several-from");
    rules.author.unreadable = Action::reject;
    CHECK(decide(verdict, rules).action == Action::reject);
    CHECK(decide(verdict, rules).reason == "unreadable-from");
    rules.author.several_domains = Action::discard;
    CHECK(decide(verdict, rules).reason == "several-domains");
    rules.author.missing = Action::discard; // hidden by nothing: it is not so
    CHECK(decide(verdict, rules).reason == "several-domains");
}

TEST_CASE("only a refusal has a reply, in one line of plain text, and only a mark has a field") {
    for (const Action action : every_action) {
        Policy rules = lenient();
        rules.author.missing = action;
        rules.quarantine_field = "X-Hold";
        const auto disposition = decide(verdict_of(State::none), rules);
        const bool refused = action == Action::tempfail || action == Action::reject;
        REQUIRE(disposition.reply.has_value() == refused);
        if (refused) {
            const auto& reply = *disposition.reply;
            CHECK(reply.code == (action == Action::reject ? "550" : "451"));
            CHECK(reply.enhanced == (action == Action::reject ? "5.7.1" : "4.7.1"));
            CHECK(reply.text.find("From") != std::string::npos);
            CHECK(reply.text.find_first_of("\r\n%") == std::string::npos);
        }
        const std::vector<authenticate::AddedField> mark{{"X-Hold", "no-from"}};
        CHECK(disposition.fields == (action == Action::mark ? mark : decltype(mark)()));
    }
}

TEST_CASE("mail of our own whose author is unclear goes, waits or is refused") {
    for (const Action action : {Action::accept, Action::tempfail, Action::reject}) {
        CHECK(authenticate::dispose_own(State::unreadable, action).action == action);
        CHECK(authenticate::dispose_own(State::unreadable, action).reason == "unreadable-from");
        CHECK(authenticate::dispose_own(State::unreadable, action).fields.empty());
        CHECK(authenticate::dispose_own(State::one, action).action == Action::accept);
        CHECK(authenticate::dispose_own(State::one, action).reason.empty());
    }
}

TEST_CASE("what no rule asks for need not be prepared") {
    Policy rules = lenient();
    CHECK_FALSE(authenticate::may_ask_for(Action::quarantine, rules));
    for (auto* rule : {&rules.author.missing, &rules.author.several_fields, &rules.author.several_domains,
                       &rules.author.unreadable, &rules.author.stray_line_break}) {
        *rule = Action::quarantine;
        CHECK(authenticate::may_ask_for(Action::quarantine, rules));
        *rule = Action::mark;
    }
    CHECK_FALSE(authenticate::may_ask_for(Action::quarantine, rules));
}
