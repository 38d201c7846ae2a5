#include "milter/author_policy.h"

#include "support/catch.h"

#include <set>
#include <string_view>
#include <vector>

using milter::action_for;
using milter::AuthorAction;
using State = message::Author::State;

TEST_CASE("every state has its own setting") {
    struct Case {
        State state;
        std::string config::Settings::Author::*setting;
    };
    using Settings = config::Settings::Author;
    const std::vector<Case> cases{{State::none, &Settings::missing},
                                  {State::several_fields, &Settings::several_fields},
                                  {State::several_domains, &Settings::several_domains},
                                  {State::unreadable, &Settings::unreadable}};
    for (const auto& c : cases) {
        Settings settings{"accept", "accept", "accept", "accept", "accept"};
        CHECK(action_for(c.state, settings) == AuthorAction::accept);
        settings.*c.setting = "mark";
        CHECK(action_for(c.state, settings) == AuthorAction::mark);
        settings.*c.setting = "reject";
        CHECK(action_for(c.state, settings) == AuthorAction::reject);
        CHECK(action_for(State::one, settings) == AuthorAction::accept);
    }
}

TEST_CASE("of an author in doubt and a line break the stricter one decides") {
    struct Case {
        State state;
        bool stray;
        std::string unreadable;
        std::string stray_line_break;
        AuthorAction action;
        std::string_view word;
    };
    const std::vector<Case> cases{
        {State::one, false, "mark", "mark", AuthorAction::accept, ""},
        {State::one, true, "mark", "mark", AuthorAction::mark, "stray-line-break"},
        {State::one, true, "reject", "accept", AuthorAction::accept, "stray-line-break"},
        {State::one, true, "mark", "reject", AuthorAction::reject, "stray-line-break"},
        {State::unreadable, false, "mark", "reject", AuthorAction::mark, "unreadable-from"},
        {State::unreadable, true, "mark", "mark", AuthorAction::mark, "unreadable-from"},
        {State::unreadable, true, "accept", "mark", AuthorAction::mark, "stray-line-break"},
        {State::unreadable, true, "reject", "mark", AuthorAction::reject, "unreadable-from"},
    };
    for (const auto& c : cases) {
        config::Settings::Author settings;
        settings.unreadable = c.unreadable;
        settings.stray_line_break = c.stray_line_break;
        const auto doubt = milter::worst_doubt(c.state, c.stray, settings);
        CHECK(doubt.action == c.action);
        CHECK(doubt.word == c.word);
        CHECK(doubt.refusal.empty() == c.word.empty());
    }
}

TEST_CASE("a refusal says what is wrong, in one line of plain text") {
    std::set<std::string_view> words;
    for (const State state :
         {State::none, State::several_fields, State::several_domains, State::unreadable}) {
        const auto actions = milter::refuse_author(state);
        CHECK(actions.reply == milter::Reply::reject);
        CHECK(actions.code == "550");
        CHECK(actions.enhanced == "5.7.1");
        CHECK(actions.text.find("From") != std::string::npos);
        CHECK(actions.text.find_first_of("\r\n%") == std::string::npos);
        words.insert(milter::mark_word(state));
    }
    CHECK(words.size() == 4);
}

TEST_CASE("mail of our own whose author is unclear goes, waits or is refused") {
    CHECK(milter::treat_own_author(State::unreadable, "accept").reply == milter::Reply::proceed);
    const auto deferred = milter::treat_own_author(State::unreadable, "tempfail");
    CHECK(deferred.reply == milter::Reply::tempfail);
    CHECK(deferred.code == "451");
    CHECK(deferred.enhanced == "4.7.1");
    CHECK(deferred.text == milter::refuse_author(State::unreadable).text);
    CHECK(milter::treat_own_author(State::several_domains, "reject").reply == milter::Reply::reject);
    for (const char* word : {"accept", "tempfail", "reject"}) {
        CHECK(milter::treat_own_author(State::one, word).reply == milter::Reply::proceed);
    }
}
