// What becomes of a message: a verdict and rules in, a disposition out. Decided here once; everything else carries it
// out or tells of it.
#pragma once

#include "authenticate/action.h"
#include "authenticate/verdict.h"
#include "message/from.h"

#include <optional>
#include <string>
#include <vector>

namespace authenticate {

// What the client is told where a message is not taken.
struct SmtpReply {
    std::string code;     // "550" (RFC 5321 4.2)
    std::string enhanced; // "5.7.1" (RFC 3463, RFC 7372)
    std::string text;     // one line of printable ASCII

    bool operator==(const SmtpReply&) const = default;
};

struct AddedField {
    std::string name;
    std::string value; // without the blank behind the colon

    bool operator==(const AddedField&) const = default;
};

struct Disposition {
    Action action = Action::accept;
    std::string reason;             // one word, "several-from"; empty: nothing speaks against the message
    std::optional<SmtpReply> reply; // with tempfail and reject
    std::vector<AddedField> fields;
};

struct DispositionRules {
    // Of incoming mail, by what keeps its author from being told.
    struct Author {
        Action missing = Action::accept;
        Action several_fields = Action::accept;
        Action several_domains = Action::accept;
        Action unreadable = Action::accept;
        Action stray_line_break = Action::accept;
    } author;
    Action own_mail = Action::accept; // the same states of the author in mail of our own
    std::string quarantine_field;     // what Action::mark adds
};

// Of incoming mail. Where several things speak against a message the hardest action is taken.
[[nodiscard]] Disposition dispose(const Verdict& verdict, const DispositionRules& rules);

// Of our own. It is never marked: the mark is for the filter behind us.
[[nodiscard]] Disposition dispose_own(message::Author::State state, const DispositionRules& rules);

// Whether any rule asks for it, so that whoever carries it out can make ready.
[[nodiscard]] bool may_ask_for(Action action, const DispositionRules& rules);

} // namespace authenticate
