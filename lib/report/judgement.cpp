#include "report/judgement.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

using authenticate::Action;
using authenticate::OverrideType;

Disposition asked_for(std::optional<dmarc::Policy> policy) {
    switch (policy.value_or(dmarc::Policy::none)) {
    case dmarc::Policy::none:
        return Disposition::none;
    case dmarc::Policy::quarantine:
        return Disposition::quarantine;
    case dmarc::Policy::reject:
        return Disposition::reject;
    }
    return Disposition::none;
}

Disposition done_by(Action action) {
    switch (action) {
    case Action::accept:
    case Action::tempfail: // is not counted
        return Disposition::none;
    case Action::mark:
    case Action::quarantine:
        return Disposition::quarantine;
    case Action::reject:
    case Action::discard:
        return Disposition::reject;
    }
    return Disposition::none;
}

// What DMARC alone led to: what another check did beyond that is not the domain's business, but where it did
// what the domain asked for, that was done.
Disposition of_failed(const dmarc::Verdict& evaluation, const authenticate::Disposition& disposition) {
    const auto* finding = authenticate::find(authenticate::Ground::dmarc, disposition.findings);
    const Disposition by_dmarc = finding == nullptr ? Disposition::none : done_by(finding->taken);
    return std::max(by_dmarc, std::min(done_by(disposition.action), asked_for(evaluation.policy)));
}

// RFC 9990 3.1.1.9: pass where the policy would have been enforced; whether t=y weakens it plays no part.
Disposition of_passed(const dmarc::Verdict& evaluation) {
    const bool enforcing = evaluation.published_policy.value_or(dmarc::Policy::none) != dmarc::Policy::none;
    return enforcing ? Disposition::pass : Disposition::none;
}

// A reason is a must where the policy was not applied as it is published, and where it was there is none.
// That of the test mode holds where it led to what was done.
void judge_failed(Row& row, const dmarc::Verdict& evaluation, const authenticate::Disposition& disposition) {
    row.disposition = of_failed(evaluation, disposition);
    if (row.disposition == asked_for(evaluation.published_policy)) {
        return;
    }
    auto type = disposition.override_reason ? disposition.override_reason->type : OverrideType::local_policy;
    if (type == OverrideType::policy_test_mode && row.disposition != asked_for(evaluation.policy)) {
        type = OverrideType::local_policy;
    }
    row.reasons.push_back({type, type == OverrideType::policy_test_mode ? "t=y" : ""});
}

} // namespace

void judge(Row& row, const authenticate::DmarcVerdict& dmarc, const authenticate::Disposition& disposition) {
    const dmarc::Verdict& evaluation = *dmarc.evaluation;
    row.dkim_aligned = evaluation.dkim == dmarc::Alignment::yes;
    row.spf_aligned = evaluation.spf == dmarc::Alignment::yes;
    switch (dmarc.result) {
    case dmarc::Result::pass:
        row.disposition = of_passed(evaluation);
        return;
    case dmarc::Result::fail:
        judge_failed(row, evaluation, disposition);
        return;
    case dmarc::Result::none:
    case dmarc::Result::temperror:
    case dmarc::Result::permerror: // RFC 9989 5.3.6: the policy is not applied
        row.reasons.push_back({OverrideType::other, fmt::format("dmarc={}", dmarc::print(dmarc.result))});
        return;
    }
}

} // namespace report
