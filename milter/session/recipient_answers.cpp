#include "milter/session/recipient_answers.h"

#include "authenticate/verdict.h"
#include "base/pair_value.h"
#include "milter/record/log_line.h"

#include <fmt/format.h>

#include <vector>

namespace milter::session {

using authenticate::Action;

authenticate::PolicydOutcome judge_recipient(const Recipient& recipient,
                                             const authenticate::SenderVerdict& sender,
                                             const authenticate::Envelope& envelope,
                                             const runtime::Policies& policies,
                                             const authenticate::PolicydRules& rules, base::UnixTime now) {
    authenticate::Verdict verdict;
    verdict.sender = sender;
    authenticate::Circumstances circumstances;
    circumstances.client = envelope.client;
    circumstances.mail_from = envelope.mail_from;
    circumstances.recipients = {std::string(recipient.path)};
    circumstances.handed_over = recipient.handed_over;
    circumstances.now = now;
    const authenticate::Softening softening(verdict, circumstances, policies.otherwise,
                                            policies.exceptions_at_rcpt);
    auto outcome = authenticate::policyd({sender, envelope, circumstances.recipients, softening}, rules);
    if (!outcome.reply) { // a recipient cannot be marked
        outcome.finding.taken = Action::accept;
        outcome.finding.due = outcome.finding.dry_run ? outcome.finding.due : Action::accept;
    }
    return outcome;
}

Actions answer_for(const authenticate::PolicydOutcome& outcome) {
    Actions actions;
    if (outcome.reply) {
        actions.reply = outcome.finding.taken == Action::reject ? Reply::reject : Reply::tempfail;
        actions.code = outcome.reply->code;
        actions.enhanced = outcome.reply->enhanced;
        actions.text = outcome.reply->text;
    }
    return actions;
}

std::string recipient_line(std::string_view path, const authenticate::Envelope& envelope,
                           const authenticate::PolicydOutcome& outcome) {
    using base::pair_value;
    auto line = fmt::format(
        "recipient={} client={} helo={} sender={} disposition={} reason={}{}", pair_value(path),
        envelope.client ? envelope.client->print() : "none", pair_value(envelope.helo),
        pair_value(envelope.mail_from.empty() ? "<>" : envelope.mail_from), print(outcome.finding.taken),
        outcome.finding.reason, record::finding_words(outcome.finding, outcome.finding.setting));
    if (outcome.reply) {
        line += fmt::format(" text={}", pair_value(outcome.reply->text));
    }
    return line;
}

} // namespace milter::session
