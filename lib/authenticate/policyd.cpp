#include "authenticate/policyd.h"

#include "authenticate/policyd_reply.h"
#include "authenticate/role_mailbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace authenticate {

namespace {

bool rejects(RejectOn when, spf::Result result) {
    switch (when) {
    case RejectOn::not_pass:
        return result == spf::Result::fail || result == spf::Result::softfail ||
               result == spf::Result::neutral;
    case RejectOn::softfail:
        return result == spf::Result::fail || result == spf::Result::softfail;
    case RejectOn::fail:
    case RejectOn::null:
        return result == spf::Result::fail;
    case RejectOn::never:
    case RejectOn::no_check:
        return false;
    }
    return false;
}

bool holds(const std::vector<base::DomainName>& domains, const std::string& name) {
    const auto domain = base::DomainName::parse(name);
    return domain && std::any_of(domains.begin(), domains.end(),
                                 [&](const auto& listed) { return domain->is_at_or_below(listed); });
}

// What a result leads to, and which setting says so.
struct Decision {
    Action action = Action::accept;
    std::string_view setting;
    bool by_list_of_domains = false;
};

Decision decide(const spf::Verdict& verdict, RejectOn when, std::string_view setting,
                const PolicydRules& rules) {
    const bool listed = holds(rules.reject_not_pass_domains, verdict.domain);
    when = listed ? RejectOn::not_pass : when;
    if (when == RejectOn::never) {
        return {};
    }
    if (rejects(when, verdict.result)) {
        return {Action::reject, listed ? "Reject_Not_Pass_Domains" : setting, listed};
    }
    if (verdict.result == spf::Result::permerror && rules.permerror_reject) {
        return {Action::reject, "PermError_reject", listed};
    }
    if (verdict.result == spf::Result::temperror && rules.temperror_defer) {
        return {Action::tempfail, "TempError_Defer", listed};
    }
    return {};
}

class Judge {
  public:
    Judge(const PolicydRequest& request, const PolicydRules& rules) : request_(request), rules_(rules) {}

    PolicydOutcome run() {
        const SenderVerdict& sender = request_.sender;
        const auto& helo = sender.null_sender ? sender.mail_from : sender.helo;
        const bool helo_counts = rules_.helo_reject != RejectOn::no_check &&
                                 (rules_.helo_reject != RejectOn::null || sender.null_sender);
        if (helo && helo_counts) {
            look_at(*helo, Ground::helo, rules_.helo_reject, "HELO_reject");
        }
        if (outcome_.asked == Action::accept && sender.mail_from && !sender.null_sender &&
            rules_.mail_from_reject != RejectOn::no_check) {
            look_at(*sender.mail_from, Ground::spf, rules_.mail_from_reject, "Mail_From_reject");
        }
        return std::move(outcome_);
    }

  private:
    void look_at(const spf::Verdict& verdict, Ground ground, RejectOn when, std::string_view setting) {
        const Decision decision = decide(verdict, when, setting, rules_);
        const bool spared = decision.action == Action::reject && rules_.no_mail && !verdict.sends_no_mail;
        if (decision.action == Action::accept || spared) {
            return;
        }
        outcome_.ground = ground;
        outcome_.reason =
            fmt::format("{}-{}", ground == Ground::helo ? "helo" : "spf", spf::print(verdict.result));
        outcome_.setting = fmt::format("spf.policyd.{}", decision.setting);
        outcome_.asked = decision.action;
        outcome_.why_milder = why_milder();
        outcome_.dry_run = outcome_.why_milder.empty() && rules_.test_only;
        if (outcome_.why_milder.empty() && !outcome_.dry_run) {
            refuse(verdict, decision.by_list_of_domains);
        }
    }

    // What is refused may be on a list that could not be looked at: that is a matter for another day.
    void refuse(const spf::Verdict& verdict, bool by_list_of_domains) {
        const auto& lists = request_.sender.lists;
        const bool unsure = lists && !lists->problem.empty() && outcome_.asked == Action::reject;
        outcome_.taken = unsure ? Action::tempfail : outcome_.asked;
        if (unsure) {
            outcome_.why_milder = "a list could not be looked at: " + lists->problem;
        }
        outcome_.reply = policyd_reply({.action = outcome_.taken,
                                        .helo = outcome_.ground == Ground::helo,
                                        .verdict = verdict,
                                        .by_list_of_domains = by_list_of_domains,
                                        .list_problem = unsure ? lists->problem : std::string(),
                                        .envelope = request_.envelope,
                                        .recipients = request_.recipients},
                                       rules_);
    }

    [[nodiscard]] std::string why_milder() const {
        const auto& lists = request_.sender.lists;
        if (lists && !lists->list.empty()) {
            return fmt::format("client is on {} ({})", lists->list, lists->entry);
        }
        if (request_.relayed) {
            return "through a relay";
        }
        const auto& recipients = request_.recipients;
        const bool to_roles_alone =
            !recipients.empty() && std::all_of(recipients.begin(), recipients.end(), is_role_mailbox);
        return rules_.spare_role_mailboxes && to_roles_alone ? "to postmaster or abuse alone" : "";
    }

    const PolicydRequest& request_;
    const PolicydRules& rules_;
    PolicydOutcome outcome_;
};

} // namespace

PolicydOutcome policyd(const PolicydRequest& request, const PolicydRules& rules) {
    return Judge(request, rules).run();
}

void join(const PolicydOutcome& outcome, Disposition& disposition) {
    if (outcome.reason.empty()) {
        return;
    }
    Finding finding;
    finding.ground = outcome.ground;
    finding.reason = outcome.reason;
    finding.setting = outcome.setting;
    finding.asked = outcome.asked;
    finding.due = outcome.dry_run ? outcome.asked : outcome.taken;
    finding.taken = outcome.taken;
    finding.dry_run = outcome.dry_run;
    finding.why_milder = outcome.why_milder;
    const bool decides = outcome.taken > disposition.action;
    auto& findings = disposition.findings;
    const auto place = std::find_if(findings.begin(), findings.end(), [&](const Finding& other) {
        return std::tie(other.taken, other.asked) < std::tie(outcome.taken, outcome.asked);
    });
    findings.insert(place, std::move(finding));
    if (decides) { // over a field as well, which a refused message has no use for
        disposition.action = outcome.taken;
        disposition.reply = outcome.reply;
    }
    if (decides || disposition.reason.empty()) {
        disposition.reason = outcome.reason;
    }
}

} // namespace authenticate
