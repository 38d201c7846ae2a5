#include "authenticate/disposition.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace authenticate {

namespace {

using State = message::Author::State;

struct Doubt {
    Action action = Action::accept;
    std::string_view reason; // empty: there is none
    std::string_view refusal;
};

Doubt doubt_about_author(State state, const DispositionRules::Author& rules) {
    switch (state) {
    case State::one:
        return {};
    case State::none:
        return {rules.missing, "no-from", "message has no author: a From field with an address is required"};
    case State::several_fields:
        return {rules.several_fields, "several-from", "message has more than one From field"};
    case State::several_domains:
        return {rules.several_domains, "several-domains", "From field has addresses in different domains"};
    case State::unreadable:
        return {rules.unreadable, "unreadable-from", "From field cannot be read in exactly one way"};
    }
    return {};
}

Doubt worst_doubt(const Verdict& verdict, const DispositionRules::Author& rules) {
    Doubt of_author = doubt_about_author(verdict.author.state, rules);
    for (const State state : verdict.author.also) { // the hardest, whatever hides what
        const Doubt another = doubt_about_author(state, rules);
        of_author = another.action > of_author.action ? another : of_author;
    }
    if (!verdict.stray_line_breaks) {
        return of_author;
    }
    const Doubt of_header{rules.stray_line_break, "stray-line-break",
                          "a header field holds a line break that is no fold"};
    const bool author_counts = verdict.author.state != State::one && of_author.action >= of_header.action;
    return author_counts ? of_author : of_header;
}

// RFC 3463 3.8: delivery not authorized, message refused.
std::optional<SmtpReply> reply_for(Action action, std::string_view refusal) {
    switch (action) {
    case Action::tempfail:
        return SmtpReply{"451", "4.7.1", std::string(refusal)};
    case Action::reject:
        return SmtpReply{"550", "5.7.1", std::string(refusal)};
    case Action::accept:
    case Action::mark:
    case Action::quarantine:
    case Action::discard:
        return std::nullopt;
    }
    return std::nullopt;
}

Disposition for_doubt(const Doubt& doubt) {
    Disposition disposition;
    disposition.action = doubt.action;
    disposition.reason = doubt.reason;
    disposition.reply = reply_for(doubt.action, doubt.refusal);
    return disposition;
}

} // namespace

Disposition dispose(const Verdict& verdict, const DispositionRules& rules) {
    Disposition disposition = for_doubt(worst_doubt(verdict, rules.author));
    if (disposition.action == Action::mark) {
        disposition.fields.push_back({rules.quarantine_field, disposition.reason});
    }
    return disposition;
}

Disposition dispose_own(State state, const DispositionRules& rules) {
    Doubt doubt = doubt_about_author(state, rules.author);
    doubt.action = state == State::one ? Action::accept : rules.own_mail;
    return for_doubt(doubt);
}

bool may_ask_for(Action action, const DispositionRules& rules) {
    const auto& author = rules.author;
    const std::array<Action, 6> asked{author.missing,    author.several_fields,   author.several_domains,
                                      author.unreadable, author.stray_line_break, rules.own_mail};
    return std::find(asked.begin(), asked.end(), action) != asked.end();
}

} // namespace authenticate
