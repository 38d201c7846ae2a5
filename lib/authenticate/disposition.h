// Decides what is done with a message: a verdict, what else is known and a policy in, a disposition out.
// Everything else only carries it out or reports it.
#pragma once

#include "authenticate/action.h"
#include "authenticate/circumstances.h"
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
    Action due = Action::accept;   // what would be done for it if there were no dry run
    Action taken = Action::accept; // what is done for it
    bool dry_run = false;          // that is why nothing is
    // Why less is due than asked, in plain words: "passed on (List-Id)", "through a relay", "to postmaster or
    // abuse alone"; or the exception.
    std::string why_milder;
    std::optional<AppliedException> exception;
    bool temperror = false; // the DNS gave no answer: never a refusal for good
};

// RFC 9990 3.1.1.9: why what was done is not what the author's domain asked for.
struct PolicyOverride {
    OverrideType type = OverrideType::local_policy;
    std::string comment;

    bool operator==(const PolicyOverride&) const = default;
};

struct Disposition {
    Action action = Action::accept;
    // Of the first finding, if anything was asked for it or it is about the author; empty: nothing to say.
    std::string reason;
    std::optional<SmtpReply> reply; // with tempfail and reject
    std::vector<AddedField> fields;
    std::vector<Finding> findings{}; // the hardest first
    std::optional<PolicyOverride> override_reason{};
};

// For incoming mail. The hardest action taken for a finding decides. Pure: the same values give the same.
[[nodiscard]] Disposition dispose(const Verdict& verdict, const Circumstances& circumstances,
                                  const Policy& policy, const std::vector<Exception>& exceptions);

// The same where the caller has use for the softening as well.
class Softening;
[[nodiscard]] Disposition dispose_softened(const Verdict& verdict, const Circumstances& circumstances,
                                           const Policy& policy, const Softening& softening);

// Of what is done now, in case more speaks against the message than its disposition was made of.
[[nodiscard]] std::optional<PolicyOverride>
find_override(const Disposition& disposition, const Verdict& verdict, const Circumstances& circumstances);

// Null: nothing of that ground speaks against the message.
[[nodiscard]] const Finding* find(Ground ground, const std::vector<Finding>& findings);

// The finding for which more would be done than is done, were it not for a dry run; of several the one with
// the hardest action. Null: there is none.
[[nodiscard]] const Finding* without_dry_run(const Disposition& disposition);

// Whether more is done for `a`; where the same is done, whether more would be if there were no dry run.
[[nodiscard]] bool does_more(const Disposition& a, const Disposition& b);

// For our own mail with an author in doubt. It is never marked: the mark is for filters that come after us.
[[nodiscard]] Disposition dispose_own(message::Author::State state, Action own_mail);

} // namespace authenticate
