// Decides what is done with a message: a verdict and rules in, a disposition out. Everything else only
// carries it out or reports it.
#pragma once

#include "authenticate/action.h"
#include "authenticate/verdict.h"
#include "message/from.h"

#include <optional>
#include <string>
#include <vector>

namespace authenticate {

// What the client is told if a message is not accepted.
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
    // For incoming mail, by the reason why its author cannot be determined.
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

// For incoming mail. If several rules apply to a message, the hardest action is taken.
[[nodiscard]] Disposition dispose(const Verdict& verdict, const DispositionRules& rules);

// For our own mail. It is never marked: the mark is for filters that come after us.
[[nodiscard]] Disposition dispose_own(message::Author::State state, const DispositionRules& rules);

// Whether any rule asks for this action, so that the caller can prepare for it.
[[nodiscard]] bool may_ask_for(Action action, const DispositionRules& rules);

} // namespace authenticate
