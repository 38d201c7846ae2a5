#include "authenticate/disposition.h"

#include "authenticate/findings.h"
#include "authenticate/refusal.h"
#include "authenticate/softening.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace authenticate {

namespace {

using State = message::Author::State;

bool asks_for_anything(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.due != Action::accept; });
}

void soften(std::vector<Finding>& findings, const Softening& softening) {
    for (Finding& finding : findings) {
        softening.apply(finding);
        assert(!finding.temperror || !refuses_for_good(finding.taken));
    }
}

bool is_harder(const Finding& a, const Finding& b) {
    return a.taken != b.taken ? a.taken > b.taken : a.due != b.due ? a.due > b.due : a.asked > b.asked;
}

std::vector<Finding> that_lead_to(Action action, const std::vector<Finding>& findings) {
    std::vector<Finding> these;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(these),
                 [action](const Finding& finding) { return finding.taken == action; });
    return these;
}

// ---- RFC 9990 3.1.1.9

// Whether what was done, for whatever reason, is at least what the domain asks for.
bool is_followed(const Finding& dmarc, Action done) {
    return std::max(dmarc.taken, done) >= (dmarc.reason == "dmarc-reject" ? Action::tempfail : Action::mark);
}

PolicyOverride override_by(const Finding& dmarc, const Circumstances& circumstances) {
    if (dmarc.exception) {
        return {dmarc.exception->type, dmarc.exception->name};
    }
    if (!dmarc.why_milder.empty()) {
        const bool by_list = circumstances.signs.by_list && dmarc.why_milder.starts_with("passed on");
        return {by_list ? OverrideType::mailing_list : OverrideType::local_policy, dmarc.why_milder};
    }
    return {OverrideType::local_policy,
            dmarc.dry_run ? "dry run" : fmt::format("{}: {}", dmarc.setting, print(dmarc.asked))};
}

bool has_something_to_say(const Finding& finding) {
    return finding.asked != Action::accept || finding.ground == Ground::author;
}

Disposition conclude(std::vector<Finding> findings, const Verdict& verdict,
                     const Circumstances& circumstances, const Policy& policy) {
    std::stable_sort(findings.begin(), findings.end(), is_harder);
    Disposition disposition;
    if (!findings.empty() && has_something_to_say(findings.front())) {
        disposition.action = findings.front().taken;
        disposition.reason = findings.front().reason;
    }
    if (disposition.action == Action::tempfail || disposition.action == Action::reject) {
        disposition.reply = refusal(disposition.action, that_lead_to(disposition.action, findings), verdict,
                                    circumstances, policy);
    }
    if (disposition.action == Action::mark) {
        disposition.fields.push_back({policy.quarantine_field, disposition.reason});
    }
    disposition.findings = std::move(findings);
    disposition.override_reason = find_override(disposition, verdict, circumstances);
    return disposition;
}

} // namespace

const Finding* find(Ground ground, const std::vector<Finding>& findings) {
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [ground](const Finding& one) { return one.ground == ground; });
    return found == findings.end() ? nullptr : &*found;
}

std::optional<PolicyOverride> find_override(const Disposition& disposition, const Verdict& verdict,
                                            const Circumstances& circumstances) {
    if (!verdict.dmarc || verdict.dmarc->result != dmarc::Result::fail || !verdict.dmarc->evaluation) {
        return std::nullopt;
    }
    const Finding* dmarc = find(Ground::dmarc, disposition.findings);
    if (dmarc != nullptr && !is_followed(*dmarc, disposition.action)) {
        return override_by(*dmarc, circumstances);
    }
    const auto& evaluation = *verdict.dmarc->evaluation;
    if (evaluation.published_policy != evaluation.policy) { // RFC 9989 4.7: lowered by t=y
        return PolicyOverride{OverrideType::policy_test_mode, "t=y"};
    }
    return std::nullopt;
}

Disposition dispose(const Verdict& verdict, const Circumstances& circumstances, const Policy& policy,
                    const std::vector<Exception>& exceptions) {
    auto findings = find(verdict, policy);
    if (asks_for_anything(findings)) { // else nothing has to be matched
        soften(findings, Softening(verdict, circumstances, policy, exceptions));
    }
    return conclude(std::move(findings), verdict, circumstances, policy);
}

Disposition dispose_softened(const Verdict& verdict, const Circumstances& circumstances, const Policy& policy,
                             const Softening& softening) {
    auto findings = find(verdict, policy);
    soften(findings, softening);
    return conclude(std::move(findings), verdict, circumstances, policy);
}

const Finding* without_dry_run(const Disposition& disposition) {
    const auto& findings = disposition.findings;
    const auto hardest =
        std::max_element(findings.begin(), findings.end(),
                         [](const Finding& one, const Finding& other) { return one.due < other.due; });
    return hardest == findings.end() || hardest->due <= disposition.action ? nullptr : &*hardest;
}

bool does_more(const Disposition& a, const Disposition& b) {
    if (a.action != b.action || a.findings.empty() || b.findings.empty()) {
        return a.action > b.action;
    }
    return is_harder(a.findings.front(), b.findings.front());
}

Disposition dispose_own(State state, Action own_mail) {
    Disposition disposition;
    disposition.action = state == State::one ? Action::accept : own_mail;
    disposition.reason = doubt_about(state).reason;
    if (disposition.action == Action::tempfail || disposition.action == Action::reject) {
        disposition.reply = author_refusal(disposition.action, state);
    }
    return disposition;
}

} // namespace authenticate
