#include "report/evaluation.h"

#include "base/ascii.h"
#include "dmarc/policy.h"
#include "message/mailbox.h"
#include "message/reverse_path.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace report {

namespace {

using authenticate::Action;
using authenticate::OverrideType;

// ---- The policy

// In the order of RFC 9989 4.7: what is not there follows from what is.
Policy published(const dmarc::Verdict& evaluation) {
    const dmarc::Record& record = *evaluation.record;
    Policy policy{.domain = *evaluation.policy_domain};
    policy.discovery = evaluation.discovery;
    policy.p = dmarc::select_policy(record, false, dmarc::Existence::exists).policy;
    policy.sp = dmarc::select_policy(record, true, dmarc::Existence::exists).policy;
    policy.np = dmarc::select_policy(record, true, dmarc::Existence::does_not_exist).policy;
    policy.adkim = record.adkim;
    policy.aspf = record.aspf;
    policy.testing = record.test;
    policy.fo = clean(record.fo, max_fo_octets);
    return policy;
}

std::string in_words(const std::vector<std::string>& diagnostics) {
    std::string words;
    for (const std::string& one : diagnostics) {
        words += words.empty() ? one : "; " + one;
    }
    return clean(words, max_error_octets);
}

std::vector<std::string> uris(const std::vector<dmarc::ReportUri>& list) {
    std::vector<std::string> uris;
    for (const dmarc::ReportUri& one : list) {
        if (uris.size() < max_uris && is_clean(one.uri, max_uri_octets)) {
            uris.push_back(one.uri);
        }
    }
    return uris;
}

Policy policy_of(const dmarc::Verdict& evaluation) {
    Policy policy = published(evaluation);
    policy.error = in_words(evaluation.record->diagnostics);
    policy.rua = uris(evaluation.record->rua);
    return policy;
}

// ---- What was done

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

void add_reason(Row& row, OverrideType type, std::string_view comment) {
    row.reasons.push_back({type, clean(comment, max_words_octets)});
}

// A reason is a must where the policy was not applied as it is published.
void judge_failed(Row& row, const dmarc::Verdict& evaluation, const authenticate::Disposition& disposition) {
    row.disposition = of_failed(evaluation, disposition);
    if (disposition.override_reason) {
        add_reason(row, disposition.override_reason->type, disposition.override_reason->comment);
    } else if (row.disposition != asked_for(evaluation.published_policy)) {
        add_reason(row, OverrideType::local_policy, "");
    }
}

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
        add_reason(row, OverrideType::other, fmt::format("dmarc={}", dmarc::print(dmarc.result)));
        return;
    }
}

// ---- What was found

enum class Worth : std::uint8_t { strictly_aligned, aligned, passes, fails }; // RFC 9990 3.1.3

bool is_aligned(const base::DomainName& domain, const dmarc::Verdict& evaluation) {
    const auto& organization = evaluation.organizational_domain;
    return domain == evaluation.aligned_by || (organization && domain.is_at_or_below(*organization));
}

Worth worth(const DkimResult& signature, const authenticate::DmarcVerdict& dmarc) {
    if (signature.result != dkim::Result::pass) {
        return Worth::fails;
    }
    if (signature.domain == dmarc.author_domain) {
        return Worth::strictly_aligned;
    }
    return is_aligned(signature.domain, *dmarc.evaluation) ? Worth::aligned : Worth::passes;
}

std::optional<DkimResult> result_of(const dkim::Verdict& signature) {
    auto domain = base::DomainName::parse(signature.domain);
    if (!domain || signature.selector.empty()) {
        return std::nullopt; // it cannot be told which one it is
    }
    DkimResult result{.domain = *std::move(domain)};
    result.selector = clean(signature.selector, max_selector_octets);
    result.result = signature.result;
    if (signature.cause) { // of a small vocabulary, or no two rows would be the same
        result.human_result = clean(dkim::reason_of(*signature.cause), max_words_octets);
    }
    return result;
}

// Within the same worth by name, so that the order in which signers came makes no other row.
std::vector<DkimResult> results_of(const std::vector<dkim::Verdict>& signatures,
                                   const authenticate::DmarcVerdict& dmarc) {
    std::vector<DkimResult> results;
    for (const dkim::Verdict& signature : signatures) {
        if (auto result = result_of(signature)) {
            results.push_back(*std::move(result));
        }
    }
    std::stable_sort(results.begin(), results.end(), [&](const DkimResult& a, const DkimResult& b) {
        return std::tuple(worth(a, dmarc), std::string_view(a.domain.text()), std::string_view(a.selector)) <
               std::tuple(worth(b, dmarc), std::string_view(b.domain.text()), std::string_view(b.selector));
    });
    if (results.size() > max_signatures) {
        results.erase(results.begin() + max_signatures, results.end());
    }
    return results;
}

std::optional<SpfResult> spf_result(const authenticate::SenderVerdict& sender) {
    if (!sender.mail_from) {
        return std::nullopt;
    }
    auto domain = base::DomainName::parse(sender.mail_from->domain);
    if (!domain) {
        return std::nullopt;
    }
    return SpfResult{*std::move(domain), sender.mail_from->result};
}

std::optional<base::DomainName> envelope_from(const authenticate::SenderVerdict& sender,
                                              const message::ReversePath& path) {
    if (path.null) {
        return std::nullopt;
    }
    if (sender.mail_from && !sender.null_sender) { // a relay's rewriting is undone there
        if (auto domain = base::DomainName::parse(sender.mail_from->domain)) {
            return domain;
        }
    }
    return base::DomainName::parse_international(path.domain);
}

// Of several recipients only what all have in common.
std::optional<base::DomainName> envelope_to(const std::vector<std::string>& recipients) {
    std::optional<base::DomainName> common;
    for (const std::string& recipient : recipients) {
        const auto path = message::read_reverse_path(recipient);
        auto domain = base::DomainName::parse_international(path.domain);
        if (!domain || (common && common != domain)) {
            return std::nullopt;
        }
        common = std::move(domain);
    }
    return common;
}

Due due_of(const message::ReversePath& path, MailKind kind) {
    if (path.null) {
        return Due::null_sender;
    }
    if (kind.report) {
        return Due::report_mail;
    }
    return kind.automatic ? Due::automatic : Due::yes;
}

bool has_record(const authenticate::Verdict& verdict) {
    return verdict.dmarc && verdict.dmarc->author_domain && verdict.dmarc->evaluation &&
           verdict.dmarc->evaluation->record && verdict.dmarc->evaluation->policy_domain;
}

} // namespace

std::string_view print(Due due) {
    switch (due) {
    case Due::yes:
        return "yes";
    case Due::null_sender:
        return "null sender";
    case Due::report_mail:
        return "report mail";
    case Due::automatic:
        return "automatic";
    }
    return "?";
}

bool wants_reports(const authenticate::Verdict& verdict) {
    return has_record(verdict) && !verdict.dmarc->evaluation->record->rua.empty();
}

std::optional<Evaluation> evaluate(const authenticate::Verdict& verdict,
                                   const authenticate::Disposition& disposition, const Reception& reception) {
    if (!has_record(verdict) || !reception.client || disposition.action == Action::tempfail) {
        return std::nullopt;
    }
    const authenticate::DmarcVerdict& dmarc = *verdict.dmarc;
    const auto path = message::read_reverse_path(reception.mail_from);
    Row row{.source_ip = *reception.client, .header_from = *dmarc.author_domain};
    row.envelope_from = envelope_from(verdict.sender, path);
    row.envelope_to = envelope_to(reception.recipients);
    judge(row, dmarc, disposition);
    row.dkim = results_of(verdict.dkim, dmarc);
    row.spf = spf_result(verdict.sender);
    return Evaluation{.policy = policy_of(*dmarc.evaluation),
                      .row = std::move(row),
                      .day = day_of(reception.at),
                      .due = due_of(path, reception.kind),
                      .result = dmarc.result,
                      .asked_for = dmarc.evaluation->published_policy.value_or(dmarc::Policy::none)};
}

} // namespace report
