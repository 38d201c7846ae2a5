#include "dmarc/evaluate.h"

#include "dmarc/identifiers.h"
#include "dmarc/policy.h"

#include <fmt/format.h>

#include <string_view>

namespace dmarc {

namespace {

class Evaluation {
  public:
    Evaluation(const Request& request, const dns::Answers& known, const Options& options)
        : request_(request), options_(options), dns_(known), records_(dns_, options),
          organizations_(records_, options) {
        verdict_.discovery = options.discovery;
    }

    Outcome run();

  private:
    dns::Awaited<Verdict> evaluate();
    dns::Awaited<Verdict> by_record(const ChosenRecord& choice);
    dns::Awaited<Verdict> enforceable(const ChosenRecord& choice);
    void select_policy(const ChosenRecord& choice);
    void select_inherited_policy(const Record& record);
    void set_policy(SelectedPolicy selected, bool test);
    bool wants_both() const;
    bool is_suffix(const base::DomainName& name) const;
    bool settle_organization();
    void conclude(const IdentifiersVerdict& identifiers);
    void end_in_error(const Trouble& trouble);
    Verdict finish();
    std::vector<std::string> records_in_words(const Organization* organization) const;
    std::string policy_in_words() const;
    void frame_steps(const Organization* organization);

    // Keeps a step, if somebody will read it: only then is `words` called for its text.
    template <class Words>
    void record(const Words& words) {
        if (options_.steps) {
            verdict_.steps.push_back(words());
        }
    }

    const Request& request_;
    const Options& options_;
    dns::Inquiry dns_;
    PolicyRecords records_;
    Organizations organizations_;
    std::optional<Trouble> policy_trouble_; // the policy is unknown; matters unless the message passes
    Verdict verdict_;
};

Outcome Evaluation::run() {
    return dns::outcome(evaluate(), dns_);
}

dns::Awaited<Verdict> Evaluation::evaluate() {
    const auto choice = choose_record(records_, organizations_, request_.author_domain);
    if (!choice) {
        return dns::unanswered;
    }
    switch (choice->state) {
    case ChosenRecord::State::failed:
        end_in_error(choice->trouble);
        return finish();
    case ChosenRecord::State::none:
        return finish(); // RFC 9989 4.10.1: without a record DMARC is not applied
    case ChosenRecord::State::chosen:
        break;
    }
    return by_record(*choice);
}

dns::Awaited<Verdict> Evaluation::by_record(const ChosenRecord& choice) {
    switch (usability(*choice.record)) {
    case Usability::silent:
        verdict_.problem =
            fmt::format("the record at {} has neither p= nor a usable rua=", choice.domain->text());
        return finish();
    case Usability::broken:
        end_in_error({true, fmt::format("the record at {} has an unreadable policy tag and no usable rua=",
                                        choice.domain->text())});
        return finish();
    case Usability::usable:
    case Usability::forced_none:
        break;
    }
    return enforceable(choice);
}

dns::Awaited<Verdict> Evaluation::enforceable(const ChosenRecord& choice) {
    verdict_.policy_domain = choice.domain;
    verdict_.record = *choice.record;
    verdict_.policy_domain_is_suffix = is_suffix(*choice.domain);
    select_policy(choice);
    Aligner aligner(organizations_, request_.author_domain, options_.steps);
    const AlignmentModes modes{choice.record->aspf, choice.record->adkim};
    const auto identifiers = align_identifiers(request_, modes, {wants_both(), options_.steps}, aligner);
    const bool is_settled = settle_organization();
    if (!identifiers || !is_settled ||
        !dns_.questions().empty()) { // what the policy needs is in the same round
        return dns::unanswered;
    }
    conclude(*identifiers);
    return finish();
}

void Evaluation::select_policy(const ChosenRecord& choice) {
    if (choice.inherited) {
        select_inherited_policy(*choice.record);
    } else {
        set_policy(dmarc::select_policy(*choice.record, false, Existence::exists), choice.record->test);
    }
}

// RFC 9989 4.7: sp speaks for subdomains that exist, np for those that do not. Whether the author domain
// exists is asked only where it makes a difference.
void Evaluation::select_inherited_policy(const Record& published) {
    const SelectedPolicy existing = dmarc::select_policy(published, true, Existence::exists);
    const SelectedPolicy missing = dmarc::select_policy(published, true, Existence::does_not_exist);
    if (existing.policy == missing.policy) {
        set_policy(existing, published.test);
        return;
    }
    const auto test = test_existence(records_, dns_, request_.author_domain);
    if (!test) {
        return;
    }
    switch (test->existence) {
    case Existence::exists:
        record([&] { return fmt::format("{} exists", request_.author_domain.text()); });
        set_policy(existing, published.test);
        return;
    case Existence::does_not_exist:
        record([&] { return fmt::format("{} does not exist (NXDOMAIN)", request_.author_domain.text()); });
        set_policy(missing, published.test);
        return;
    case Existence::failed:
        policy_trouble_ = test->trouble;
        return;
    }
}

void Evaluation::set_policy(SelectedPolicy selected, bool test) {
    verdict_.policy_tag = selected.tag;
    verdict_.published_policy = selected.policy;
    verdict_.policy = test ? lowered_by_test_mode(selected.policy) : selected.policy;
}

bool Evaluation::wants_both() const {
    switch (options_.extent) {
    case Extent::verdict:
        return false;
    case Extent::report:
        return !verdict_.record->rua.empty() || !verdict_.record->ruf.empty();
    case Extent::full:
        return true;
    }
    return false;
}

bool Evaluation::is_suffix(const base::DomainName& name) const {
    return options_.public_suffixes != nullptr && options_.public_suffixes->is_public_suffix(name);
}

// A report tells of identifiers that were not authenticated whether they would have aligned, which rests on
// the organization alone. False when an answer is missing; one that failed changes no result.
bool Evaluation::settle_organization() {
    const Record& record = *verdict_.record;
    const bool is_relaxed = record.aspf == AlignmentMode::relaxed || record.adkim == AlignmentMode::relaxed;
    return !wants_both() || !is_relaxed || organizations_.of(request_.author_domain);
}

// RFC 9989 5.3.5: one aligned identifier is a pass. 5.3.6: a fail must be certain.
void Evaluation::conclude(const IdentifiersVerdict& identifiers) {
    verdict_.spf = identifiers.spf;
    verdict_.dkim = identifiers.dkim;
    verdict_.aligned_by = identifiers.aligned_by;
    verdict_.both_pursued = wants_both() || !identifiers.aligned_by;
    verdict_.vetoed = identifiers.veto.has_value();
    verdict_.problem = identifiers.veto.value_or("");
    verdict_.steps.insert(verdict_.steps.end(), identifiers.steps.begin(), identifiers.steps.end());
    if (identifiers.aligned_by) {
        verdict_.result = Result::pass;
    } else if (identifiers.open) {
        end_in_error(*identifiers.open);
    } else if (policy_trouble_) {
        end_in_error(*policy_trouble_);
    } else {
        verdict_.result = Result::fail;
    }
}

void Evaluation::end_in_error(const Trouble& trouble) {
    verdict_.result = trouble.lasting ? Result::permerror : Result::temperror;
    verdict_.problem = trouble.text;
    verdict_.policy.reset(); // RFC 9989 5.3.6: the policy is not applied then
}

Verdict Evaluation::finish() {
    const Organization* organization = organizations_.settled(request_.author_domain);
    if (organization != nullptr && organization->state == Walk::State::finished) {
        verdict_.organizational_domain = organization->domain;
        verdict_.organization_is_suffix = is_suffix(organization->domain);
    }
    if (options_.steps) {
        frame_steps(organization);
    }
    return std::move(verdict_);
}

// The records come first, though what they are is known last.
void Evaluation::frame_steps(const Organization* organization) {
    std::vector<std::string> steps = records_in_words(organization);
    steps.insert(steps.end(), verdict_.steps.begin(), verdict_.steps.end());
    steps.push_back(fmt::format("result: {}{}", print(verdict_.result), policy_in_words()));
    verdict_.steps = std::move(steps);
}

std::vector<std::string> Evaluation::records_in_words(const Organization* organization) const {
    std::vector<base::DomainName> names{request_.author_domain};
    if (organization != nullptr) {
        names = organization->by_list ? std::vector{request_.author_domain, organization->domain}
                                      : organization->walk.visited;
    }
    std::vector<std::string> words;
    for (const base::DomainName& name : names) {
        if (const Lookup* lookup = records_.looked_up(name)) {
            words.push_back(fmt::format("{}: {}", record_name(name), lookup->remark));
        }
    }
    if (verdict_.organizational_domain) {
        words.push_back(fmt::format("organizational domain: {}", verdict_.organizational_domain->text()));
    }
    if (verdict_.record) {
        for (const std::string& diagnostic : verdict_.record->diagnostics) {
            words.push_back(fmt::format("record at {}: {}", verdict_.policy_domain->text(), diagnostic));
        }
    }
    return words;
}

std::string Evaluation::policy_in_words() const {
    if (!verdict_.published_policy) {
        return "";
    }
    std::string words = fmt::format("; {}={} of {}", verdict_.policy_tag, print(*verdict_.published_policy),
                                    verdict_.policy_domain->text());
    if (verdict_.policy && verdict_.policy != verdict_.published_policy) {
        words += fmt::format(", lowered to {} by t=y", print(*verdict_.policy));
    }
    return words;
}

} // namespace

std::string_view print(Result result) {
    switch (result) {
    case Result::none:
        return "none";
    case Result::pass:
        return "pass";
    case Result::fail:
        return "fail";
    case Result::temperror:
        return "temperror";
    case Result::permerror:
        return "permerror";
    }
    return "?";
}

Outcome evaluate(const Request& request, const dns::Answers& known, const Options& options) {
    return Evaluation(request, known, options).run();
}

dns::Questions early_questions(const base::DomainName& author_domain, const Options& options) {
    const dns::Answers nothing;
    dns::Inquiry dns(nothing);
    PolicyRecords records(dns, options);
    (void)records.at(author_domain);
    Organizations organizations(records, options);
    const auto& organization = organizations.of(author_domain);
    if (organization && organization->by_list) {
        (void)records.at(organization->domain);
    }
    return dns.take_questions();
}

} // namespace dmarc
