#include "report/evaluation.h"

#include "message/reverse_path.h"
#include "report/alignment.h"
#include "report/judgement.h"
#include "report/published_policy.h"
#include "report/text.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace report {

namespace {

enum class Worth : std::uint8_t { strictly_aligned, aligned, passes, fails }; // RFC 9990 3.1.3

Worth worth(const DkimResult& signature, const authenticate::DmarcVerdict& dmarc) {
    if (signature.result != dkim::Result::pass) {
        return Worth::fails;
    }
    if (signature.domain == dmarc.author_domain) {
        return Worth::strictly_aligned;
    }
    const auto mode = dmarc.evaluation->record->adkim;
    return would_align(signature.domain, mode, dmarc) ? Worth::aligned : Worth::passes;
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

// Where one mechanism was enough, nobody may have asked about the other.
bool is_complete(const dmarc::Verdict& evaluation) {
    return evaluation.both_pursued || evaluation.record->rua.empty();
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
    if (!has_record(verdict) || !is_complete(*verdict.dmarc->evaluation) || !reception.client ||
        disposition.action == authenticate::Action::tempfail) {
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
    return Evaluation{.policy = published_policy(*dmarc.evaluation),
                      .row = std::move(row),
                      .day = day_of(reception.at),
                      .due = due_of(path, reception.kind),
                      .result = dmarc.result,
                      .asked_for = dmarc.evaluation->published_policy.value_or(dmarc::Policy::none)};
}

} // namespace report
