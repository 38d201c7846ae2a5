#include "authenticate/softening.h"

#include "authenticate/role_mailbox.h"

#include <fmt/format.h>

#include <algorithm>

namespace authenticate {

namespace {

bool is_refusal(Action action) {
    return action == Action::tempfail || refuses_for_good(action);
}

bool is_from(const Exception& exception, Ground ground) {
    const auto& grounds = exception.grounds;
    return grounds.empty() ||
           std::find(grounds.begin(), grounds.end(), static_cast<std::size_t>(ground)) != grounds.end();
}

// Somebody who passes mail on breaks what the author signed; a plain forgery has no signature of the
// author at all. A sender can write every sign there is, so that they lead to what p=quarantine does and
// no further.
std::string passed_on(const Verdict& verdict, const Circumstances& circumstances) {
    if (!circumstances.signs.passed_on.empty()) {
        return circumstances.signs.passed_on;
    }
    for (const auto& signature : verdict.dkim) {
        const bool broken = signature.cause == dkim::Cause::signature_mismatch ||
                            signature.cause == dkim::Cause::body_hash_mismatch;
        const auto& authors = verdict.author.domains;
        if (broken && std::any_of(authors.begin(), authors.end(), [&](const base::DomainName& author) {
                return author.text() == signature.domain;
            })) {
            return "a broken signature of the author's domain";
        }
    }
    return {};
}

void lower(Finding& finding, Action action, std::string_view why) {
    if (finding.due > action) {
        finding.due = action;
        finding.why_milder += finding.why_milder.empty() ? "" : ", ";
        finding.why_milder += why;
    }
}

} // namespace

Softening::Softening(const Verdict& verdict, const Circumstances& circumstances, const Policy& policy,
                     const std::vector<Exception>& exceptions)
    : circumstances_(circumstances), policy_(policy), exceptions_(exceptions),
      passed_on_(policy.dmarc.enforcement == Enforcement::enforce ? passed_on(verdict, circumstances) : ""),
      to_roles_(policy.spare_role_mailboxes && are_role_mailboxes(circumstances.recipients)) {
    matches_.reserve(exceptions.size());
    for (const Exception& exception : exceptions) {
        matches_.push_back(match(exception, verdict, circumstances));
    }
}

void Softening::apply(Finding& finding) const {
    if (finding.due != Action::accept) {
        heed_signs(finding);
        heed_exceptions(finding);
        heed_recipients(finding);
    }
    finding.dry_run = finding.due != Action::accept &&
                      (finding.dry_run || policy_.dry_run[static_cast<std::size_t>(finding.ground)]);
    finding.taken = finding.dry_run ? Action::accept : finding.due;
}

// RFC 9989 7.4: p=reject alone is no reason to reject.
void Softening::heed_signs(Finding& finding) const {
    if (finding.setting == "dmarc_reject" && !passed_on_.empty()) {
        lower(finding, policy_.dmarc.quarantine, fmt::format("passed on ({})", passed_on_));
    }
}

void Softening::heed_exceptions(Finding& finding) const {
    bool open = false;
    for (std::size_t i = 0; i < exceptions_.size(); ++i) {
        const Exception& exception = exceptions_[i];
        if (matches_[i] == Match::yes && is_from(exception, finding.ground)) {
            finding.due = Action::accept;
            finding.exception = {exception.name, exception.type, exception.file, exception.line};
            return;
        }
        open |= matches_[i] == Match::open && is_from(exception, finding.ground);
    }
    // The answer that did not come could have brought it about.
    if (open && refuses_for_good(finding.due)) {
        lower(finding, Action::tempfail, "an exception depends on the DNS");
    }
}

// Mail through a relay may be refused for what is known of its client alone.
void Softening::heed_handover(Finding& finding) const {
    const std::string& how = circumstances_.handed_over;
    if (how.empty() || !is_refusal(finding.due)) {
        return;
    }
    if (how != through_relay || !policy_.refuse_relayed) {
        lower(finding, Action::mark, how);
    } else if (!circumstances_.client) {
        lower(finding, Action::mark, "the client behind the relay is not known");
    }
}

void Softening::heed_recipients(Finding& finding) const {
    heed_handover(finding);
    if (to_roles_ && is_refusal(finding.due)) {
        lower(finding, Action::mark, "to postmaster or abuse alone");
    }
}

} // namespace authenticate
