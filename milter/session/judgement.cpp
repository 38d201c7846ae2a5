#include "milter/session/judgement.h"

#include "milter/record/log_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace milter::session {

namespace {

using authenticate::Action;
using authenticate::Ground;

// Not by policyd-spf's switch, for which tempfail_for does not hold.
bool is_put_off_for_dns(const authenticate::Disposition& disposition) {
    return disposition.action == Action::tempfail && !disposition.findings.empty() &&
           disposition.findings.front().temperror &&
           !disposition.findings.front().setting.starts_with("spf.policyd.");
}

// Of several the one that decided, for a sender can name others beside his own.
std::string author_domain(const authenticate::Verdict& verdict) {
    if (verdict.dmarc && verdict.dmarc->author_domain) {
        return verdict.dmarc->author_domain->text();
    }
    return verdict.author.domains.empty() ? "" : verdict.author.domains.front().text();
}

// Whoever writes From can sign for a domain of his own.
std::string signing_domain(const authenticate::Verdict& verdict) {
    const auto found =
        std::find_if(verdict.dkim.begin(), verdict.dkim.end(), [](const dkim::Verdict& signature) {
            return signature.result == dkim::Result::temperror;
        });
    return found == verdict.dkim.end() ? author_domain(verdict) : found->domain;
}

// Whose zone it is that does not answer, as far as it can be told.
std::string broken_zone(Ground ground, const authenticate::Verdict& verdict, const Arrival& arrival) {
    const auto& sender = verdict.sender;
    switch (ground) {
    case Ground::spf:
        return sender.mail_from ? sender.mail_from->domain : "";
    case Ground::helo:
        return sender.helo ? sender.helo->domain : sender.mail_from ? sender.mail_from->domain : "";
    case Ground::iprev:
        return arrival.circumstances.client ? arrival.circumstances.client->print() : "";
    case Ground::dkim:
        return signing_domain(verdict);
    case Ground::dmarc:
    case Ground::author:
        return verdict.dmarc && verdict.dmarc->temperror_of ? verdict.dmarc->temperror_of->text()
                                                            : author_domain(verdict);
    }
    return {};
}

void accept_instead_of_tempfail(Action& action) {
    action = action == Action::tempfail ? Action::accept : action;
}

authenticate::Policy without_patience(authenticate::Policy policy) {
    accept_instead_of_tempfail(policy.spf.temperror);
    accept_instead_of_tempfail(policy.helo.temperror);
    accept_instead_of_tempfail(policy.dkim.temperror);
    accept_instead_of_tempfail(policy.iprev.temperror);
    accept_instead_of_tempfail(policy.dmarc.temperror);
    return policy;
}

authenticate::ProfileFacts profile_facts(const Arrival& arrival, const authenticate::Verdict& verdict) {
    using State = message::Author::State;
    const State state = verdict.author.state;
    return {.daemon_name = arrival.daemon_name,
            .daemon_port = arrival.daemon_port,
            .client = verdict.relay ? verdict.relay->relay : arrival.circumstances.client,
            .author_domains = verdict.author.domains,
            .any_author = state == State::several_fields || state == State::unreadable,
            .recipients = arrival.circumstances.recipients,
            .any_recipient = arrival.more_recipients};
}

// Where it was given: a profile has all settings, most of them from the default.
std::string setting_of(const authenticate::Finding& finding, std::string_view profile,
                       const config::Settings& settings) {
    const std::string& setting = finding.setting;
    const auto& profiles = settings.policy.profiles;
    const auto found = std::find_if(profiles.begin(), profiles.end(), [&](const config::ProfileEntry& entry) {
        return entry.rules.policy.profile == profile;
    });
    const bool by_profile = found != profiles.end() && found->given.contains(setting);
    return by_profile ? fmt::format("policy.profiles.{}.{}", profile, setting)
                      : record::setting_path(setting);
}

void name_settings(Judgement& judgement, const config::Settings& settings) {
    const auto& findings = judgement.disposition.findings;
    if (!findings.empty()) {
        judgement.setting = setting_of(findings.front(), judgement.profile, settings);
    }
    if (const auto* would = without_dry_run(judgement.disposition); would != nullptr) {
        judgement.would_setting = setting_of(*would, judgement.profile, settings);
    }
}

Judgement judge_under(const authenticate::Policy& policy, const authenticate::Verdict& verdict,
                      const Arrival& arrival, const runtime::Runtime& runtime,
                      runtime::DnsPatience& patience) {
    const runtime::Policies& policies = runtime.policies;
    const auto& policyd = runtime.checks.policyd;
    Judgement judgement{.disposition = judge_by(policy, verdict, arrival, policies, policyd),
                        .profile = policy.profile,
                        .setting = {},
                        .would_setting = {},
                        .patience_over = false};
    const auto limit = runtime::tempfail_for(runtime.settings, policy.profile);
    if (limit.count() > 0 && is_put_off_for_dns(judgement.disposition)) {
        const Ground ground = judgement.disposition.findings.front().ground;
        judgement.patience_over =
            patience.is_over(broken_zone(ground, verdict, arrival), limit, arrival.circumstances.now);
    }
    if (judgement.patience_over) {
        judgement.disposition = judge_by(without_patience(policy), verdict, arrival, policies, policyd);
    }
    return judgement;
}

} // namespace

std::vector<const authenticate::Policy*> policies_for(const authenticate::Verdict& verdict,
                                                      const Arrival& arrival,
                                                      const runtime::Policies& policies) {
    if (policies.profiles.empty()) {
        return {&policies.otherwise};
    }
    return choose_policies(policies.profiles, policies.otherwise, profile_facts(arrival, verdict));
}

Arrival arrive(Arrival arrival, const authenticate::Verdict& verdict) {
    auto& circumstances = arrival.circumstances;
    if (verdict.relay) {
        circumstances.handed_over = authenticate::through_relay;
    }
    circumstances.client = arrival.envelope.client;
    circumstances.mail_from = arrival.envelope.mail_from;
    return arrival;
}

authenticate::Disposition judge_by(const authenticate::Policy& policy, const authenticate::Verdict& verdict,
                                   const Arrival& arrival, const runtime::Policies& policies,
                                   const std::optional<authenticate::PolicydRules>& policyd) {
    const auto& circumstances = arrival.circumstances;
    if (!policyd || arrival.recipients_answered) {
        return dispose(verdict, circumstances, policy, policies.exceptions);
    }
    const authenticate::Softening softening(verdict, circumstances, policy, policies.exceptions);
    auto disposition = dispose_softened(verdict, circumstances, policy, softening);
    join(authenticate::policyd({verdict.sender, arrival.envelope, circumstances.recipients, softening},
                               *policyd),
         policy, disposition);
    disposition.override_reason = find_override(disposition, verdict, circumstances);
    return disposition;
}

bool needs_signs(const runtime::Policies& policies) {
    const auto heeds = [](const authenticate::Policy& policy) {
        return policy.dmarc.enforcement == authenticate::Enforcement::enforce;
    };
    return !policies.exceptions.empty() || heeds(policies.otherwise) ||
           std::any_of(policies.profiles.begin(), policies.profiles.end(),
                       [&](const auto& profile) { return heeds(profile.policy); });
}

Judgement judge(const authenticate::Verdict& verdict, const Arrival& arrival, const runtime::Runtime& runtime,
                runtime::DnsPatience& patience) {
    const auto applicable = policies_for(verdict, arrival, runtime.policies);
    Judgement hardest = judge_under(*applicable.front(), verdict, arrival, runtime, patience);
    for (std::size_t i = 1; i < applicable.size(); ++i) {
        auto judgement = judge_under(*applicable[i], verdict, arrival, runtime, patience);
        if (does_more(judgement.disposition, hardest.disposition)) {
            hardest = std::move(judgement);
        }
    }
    name_settings(hardest, runtime.settings);
    return hardest;
}

} // namespace milter::session
