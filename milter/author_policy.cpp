#include "milter/author_policy.h"

#include <array>
#include <string>

namespace milter {

namespace {

using State = message::Author::State;

struct Words {
    State state;
    std::string_view mark;
    std::string_view refusal;
};

constexpr std::array<Words, 5> vocabulary{{
    {State::one, "", ""},
    {State::none, "no-from", "message has no author: a From field with an address is required"},
    {State::several_fields, "several-from", "message has more than one From field"},
    {State::several_domains, "several-domains", "From field has addresses in different domains"},
    {State::unreadable, "unreadable-from", "From field cannot be read in exactly one way"},
}};

const Words& words_for(State state) {
    for (const auto& words : vocabulary) {
        if (words.state == state) {
            return words;
        }
    }
    return vocabulary.back();
}

AuthorAction parse(std::string_view word) {
    if (word == "reject") {
        return AuthorAction::reject;
    }
    return word == "mark" ? AuthorAction::mark : AuthorAction::accept;
}

} // namespace

std::string_view print(AuthorAction action) {
    switch (action) {
    case AuthorAction::accept:
        return "accept";
    case AuthorAction::mark:
        return "mark";
    case AuthorAction::reject:
        return "reject";
    }
    return "?";
}

AuthorAction action_for(State state, const config::Settings::Author& author) {
    switch (state) {
    case State::one:
        return AuthorAction::accept;
    case State::none:
        return parse(author.missing);
    case State::several_fields:
        return parse(author.several_fields);
    case State::several_domains:
        return parse(author.several_domains);
    case State::unreadable:
        return parse(author.unreadable);
    }
    return AuthorAction::accept;
}

Doubt worst_doubt(State state, bool stray_line_breaks, const config::Settings::Author& author) {
    const Words& words = words_for(state);
    const Doubt of_author{action_for(state, author), words.mark, words.refusal};
    const Doubt of_header{parse(author.stray_line_break), "stray-line-break",
                          "a header field holds a line break that is no fold"};
    const bool header_counts = state == State::one || of_header.action > of_author.action;
    return stray_line_breaks && header_counts ? of_header : of_author;
}

std::string_view mark_word(State state) {
    return words_for(state).mark;
}

Actions refuse_author(State state) {
    // RFC 3463 3.8: delivery not authorized, message refused
    return reject("550", "5.7.1", std::string(words_for(state).refusal));
}

Actions defer_author(State state) {
    Actions actions = tempfail(std::string(words_for(state).refusal));
    actions.enhanced = "4.7.1";
    return actions;
}

Actions treat_own_author(State state, std::string_view own_mail) {
    if (state == State::one || own_mail == "accept") {
        return {};
    }
    return own_mail == "tempfail" ? defer_author(state) : refuse_author(state);
}

} // namespace milter
