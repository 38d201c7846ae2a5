// Decides what is done with a message: a verdict and rules in, a disposition out. Everything else only
// carries it out or reports it.
#pragma once

#include "authenticate/action.h"
#include "authenticate/exceptions.h"
#include "authenticate/policy.h"
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

struct AppliedException {
    std::string name;
    OverrideType type = OverrideType::local_policy;
    std::string file; // where it stands
    std::size_t line = 0;

    bool operator==(const AppliedException&) const = default;
};

// One thing that speaks against a message, and what became of it.
struct Finding {
    Ground ground = Ground::author;
    std::string reason;            // one word: "several-from", "spf-fail", "dmarc-reject"
    std::string setting;           // that gave the action, below its profile: "spf_fail"
    Action asked = Action::accept; // what the setting says
    Action taken = Action::accept; // what is done for it
    bool dry_run = false;          // that is why nothing is
    std::string why_milder; // or this, in plain words: "passed on (List-Id)", "through a relay", "postmaster"
    std::optional<AppliedException> exception; // or this
};

// RFC 9990 3.1.1.9: why what was done is not what the author's domain asked for.
struct PolicyOverride {
    OverrideType type = OverrideType::local_policy;
    std::string comment;

    bool operator==(const PolicyOverride&) const = default;
};

struct Disposition {
    Action action = Action::accept;
    std::string reason;             // of the finding that decided; empty: nothing speaks against the message
    std::optional<SmtpReply> reply; // with tempfail and reject
    std::vector<AddedField> fields;
    std::vector<Finding> findings{}; // the hardest first
    std::optional<PolicyOverride> override_reason{};
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
