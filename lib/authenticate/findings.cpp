#include "authenticate/findings.h"

#include "authenticate/author_domain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace authenticate {

namespace {

using State = message::Author::State;

// What a setting says of one result.
struct Rule {
    std::string_view word; // "no_key": the setting's name behind its ground, with hyphens the reason's
    Action action = Action::accept;
};

Finding finding_of(Ground ground, const Rule& rule) {
    Finding finding;
    finding.ground = ground;
    finding.setting = fmt::format("{}_{}", print(ground), rule.word);
    finding.reason = finding.setting;
    std::replace(finding.reason.begin(), finding.reason.end(), '_', '-');
    finding.asked = rule.action;
    finding.temperror = rule.word == "temperror";
    // RFC 7208 2.6.6, RFC 6376 6.3, RFC 9989 5.3.6: what may be found out later is put off at most.
    finding.due = finding.temperror && refuses_for_good(finding.asked) ? Action::tempfail : finding.asked;
    return finding;
}

// ---- the author

Rule rule_for(State state, const AuthorActions& actions) {
    switch (state) {
    case State::one:
        return {};
    case State::none:
        return {"missing", actions.missing};
    case State::several_fields:
        return {"several_fields", actions.several_fields};
    case State::several_domains:
        return {"several_domains", actions.several_domains};
    case State::unreadable:
        return {"unreadable", actions.unreadable};
    }
    return {};
}

void add_author(const Rule& rule, const AuthorDoubt& doubt, std::vector<Finding>& findings) {
    Finding finding = finding_of(Ground::author, rule);
    finding.reason = doubt.reason;
    findings.push_back(std::move(finding));
}

// Nobody asked what the owners of the domains want.
bool has_many_domains(const Verdict& verdict) {
    return verdict.author.state == State::several_domains && verdict.dmarc && !verdict.dmarc->evaluation &&
           verdict.dmarc->result == dmarc::Result::permerror;
}

void add_author(const Verdict& verdict, const AuthorActions& actions, std::vector<Finding>& findings) {
    if (has_many_domains(verdict)) {
        add_author({"unreadable", actions.unreadable}, many_domains_doubt, findings);
    }
    if (verdict.author.state != State::one) {
        add_author(rule_for(verdict.author.state, actions), doubt_about(verdict.author.state), findings);
    }
    for (const State state : verdict.author.also) {
        if (state != State::one) {
            add_author(rule_for(state, actions), doubt_about(state), findings);
        }
    }
    if (verdict.stray_line_breaks) {
        add_author({"stray_line_break", actions.stray_line_break}, stray_line_break_doubt, findings);
    }
}

// ---- SPF

std::optional<Rule> rule_for(spf::Result result, const SpfActions& actions) {
    switch (result) {
    case spf::Result::pass:
        return std::nullopt;
    case spf::Result::none:
        return Rule{"none", actions.none};
    case spf::Result::neutral:
        return Rule{"neutral", actions.neutral};
    case spf::Result::fail:
        return Rule{"fail", actions.fail};
    case spf::Result::softfail:
        return Rule{"softfail", actions.softfail};
    case spf::Result::temperror:
        return Rule{"temperror", actions.temperror};
    case spf::Result::permerror:
        return Rule{"permerror", actions.permerror};
    }
    return std::nullopt;
}

void add_spf(const SenderVerdict& sender, const Policy& policy, std::vector<Finding>& findings) {
    const auto add = [&findings](Ground ground, spf::Result result, const SpfActions& actions) {
        if (const auto rule = rule_for(result, actions)) {
            findings.push_back(finding_of(ground, *rule));
        }
    };
    if (sender.mail_from && sender.null_sender) {
        // RFC 7208 2.4: one check for both identities. The harder setting counts, and counts once.
        const auto by_spf = rule_for(sender.mail_from->result, policy.spf);
        const auto by_helo = rule_for(sender.mail_from->result, policy.helo);
        const bool helo = by_helo && by_helo->action > by_spf->action;
        add(helo ? Ground::helo : Ground::spf, sender.mail_from->result, helo ? policy.helo : policy.spf);
    } else if (sender.mail_from) {
        add(Ground::spf, sender.mail_from->result, policy.spf);
    }
    if (sender.helo) {
        add(Ground::helo, sender.helo->result, policy.helo);
    }
}

// ---- DKIM

// From the best to the worst.
enum class Standing : std::uint8_t { pass, temperror, policy, fail, no_key, permerror, none };

Standing standing_of(const dkim::Verdict& signature) {
    switch (signature.result) {
    case dkim::Result::pass:
        return Standing::pass;
    case dkim::Result::temperror:
        return Standing::temperror;
    case dkim::Result::policy:
    case dkim::Result::neutral:
        return Standing::policy;
    case dkim::Result::fail:
        return Standing::fail;
    case dkim::Result::permerror:
        return signature.cause == dkim::Cause::no_key || signature.cause == dkim::Cause::key_revoked
                   ? Standing::no_key
                   : Standing::permerror;
    case dkim::Result::none:
        return Standing::none;
    }
    return Standing::none;
}

// RFC 6376 3.6.1: mail of a domain that is testing must not fare worse than unsigned mail.
Standing counted(const dkim::Verdict& signature) {
    const Standing standing = standing_of(signature);
    return signature.test_mode && standing > Standing::temperror ? Standing::none : standing;
}

Standing best_of(const std::vector<dkim::Verdict>& signatures) {
    Standing best = Standing::none;
    for (const auto& signature : signatures) {
        best = std::min(best, counted(signature));
    }
    return best;
}

// Of the signatures of the author's domain. One whose relation to it is not known may be the pass that is
// missed.
Standing best_for(const base::DomainName& author, const Verdict& verdict) {
    Standing best = Standing::none;
    for (const auto& signature : verdict.dkim) {
        switch (is_of_author(signature, author, verdict)) {
        case Match::yes:
            best = std::min(best, counted(signature));
            break;
        case Match::open:
            best = counted(signature) <= Standing::temperror ? std::min(best, Standing::temperror) : best;
            break;
        case Match::no:
            break;
        }
    }
    return best;
}

// Each author domain needs a signature of its own, or a forger adds his address to another's.
Standing worst_of_authors(const Verdict& verdict) {
    if (verdict.author.domains.empty()) {
        return Standing::none;
    }
    Standing worst = Standing::pass;
    for (const auto& author : verdict.author.domains) {
        worst = std::max(worst, best_for(author, verdict));
    }
    return worst;
}

std::optional<Rule> rule_for(Standing standing, const DkimActions& actions) {
    switch (standing) {
    case Standing::pass:
        return std::nullopt;
    case Standing::temperror:
        return Rule{"temperror", actions.temperror};
    case Standing::policy:
        return Rule{"policy", actions.policy};
    case Standing::fail:
        return Rule{"fail", actions.fail};
    case Standing::no_key:
        return Rule{"no_key", actions.no_key};
    case Standing::permerror:
        return Rule{"permerror", actions.permerror};
    case Standing::none:
        return Rule{"none", actions.none};
    }
    return std::nullopt;
}

void add_dkim(const Verdict& verdict, const DkimActions& actions, std::vector<Finding>& findings) {
    if (!verdict.dkim_checked) {
        return;
    }
    const Standing standing =
        actions.require_author_domain ? worst_of_authors(verdict) : best_of(verdict.dkim);
    const auto rule = rule_for(standing, actions);
    if (!rule) {
        return;
    }
    Finding finding = finding_of(Ground::dkim, *rule);
    if (standing == Standing::none && best_of(verdict.dkim) == Standing::pass) {
        finding.reason = "dkim-no-author-domain"; // RFC 7372 3.1: some signature passes, but not the author's
    }
    findings.push_back(std::move(finding));
}

// ---- the client's name, and DMARC

std::optional<Rule> rule_for(iprev::Result result, const IprevActions& actions) {
    switch (result) {
    case iprev::Result::pass:
        return std::nullopt;
    case iprev::Result::fail:
        return Rule{"fail", actions.fail};
    case iprev::Result::temperror:
        return Rule{"temperror", actions.temperror};
    case iprev::Result::permerror:
        return Rule{"permerror", actions.permerror};
    }
    return std::nullopt;
}

Rule rule_for(dmarc::Policy wanted, const DmarcActions& actions) {
    const bool reject = wanted == dmarc::Policy::reject;
    const std::string_view word = reject ? "reject" : "quarantine";
    const bool followed = actions.enforcement != Enforcement::annotate;
    return {word, !followed ? Action::accept : reject ? actions.reject : actions.quarantine};
}

std::optional<Rule> rule_for(const DmarcVerdict& verdict, const DmarcActions& actions) {
    switch (verdict.result) {
    case dmarc::Result::none:
    case dmarc::Result::pass:
        return std::nullopt;
    case dmarc::Result::permerror:
        return Rule{"permerror", actions.permerror};
    case dmarc::Result::temperror:
        return Rule{"temperror", actions.temperror};
    case dmarc::Result::fail:
        break;
    }
    // RFC 9989 4.7: p=none changes nothing. The policy is the one after t=, which can only lower it.
    const bool wanted = verdict.evaluation && verdict.evaluation->policy &&
                        *verdict.evaluation->policy != dmarc::Policy::none;
    return wanted ? std::optional(rule_for(*verdict.evaluation->policy, actions)) : std::nullopt;
}

void add_dmarc(const Verdict& verdict, const DmarcActions& actions, std::vector<Finding>& findings) {
    if (const auto rule = rule_for(*verdict.dmarc, actions)) {
        findings.push_back(finding_of(Ground::dmarc, *rule));
    }
    if (verdict.dmarc->temperror_of) {
        findings.push_back(finding_of(Ground::dmarc, {"temperror", actions.temperror}));
    }
    if (verdict.dmarc->permerror_of) {
        findings.push_back(finding_of(Ground::dmarc, {"permerror", actions.permerror}));
    }
    // Eleven domains must be no way around one of them.
    if (has_many_domains(verdict) && actions.enforcement != Enforcement::annotate) {
        Finding finding = finding_of(Ground::dmarc, rule_for(dmarc::Policy::reject, actions));
        finding.reason = many_domains_doubt.reason;
        findings.push_back(std::move(finding));
    }
}

} // namespace

AuthorDoubt doubt_about(State state) {
    switch (state) {
    case State::one:
        return {};
    case State::none:
        return {"no-from", "message has no author: a From field with an address is required"};
    case State::several_fields:
        return {"several-from", "message has more than one From field"};
    case State::several_domains:
        return {"several-domains", "From field has addresses in different domains"};
    case State::unreadable:
        return {"unreadable-from", "From field cannot be read in exactly one way"};
    }
    return {};
}

std::vector<Finding> find(const Verdict& verdict, const Policy& policy) {
    std::vector<Finding> findings;
    add_author(verdict, policy.author, findings);
    add_spf(verdict.sender, policy, findings);
    add_dkim(verdict, policy.dkim, findings);
    if (verdict.sender.iprev) {
        if (const auto rule = rule_for(verdict.sender.iprev->result, policy.iprev)) {
            findings.push_back(finding_of(Ground::iprev, *rule));
        }
    }
    if (verdict.dmarc) {
        add_dmarc(verdict, policy.dmarc, findings);
    }
    return findings;
}

} // namespace authenticate
