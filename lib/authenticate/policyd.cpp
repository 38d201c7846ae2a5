#include "authenticate/policyd.h"

#include "authenticate/policyd_reply.h"

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
        if (outcome_.finding.asked == Action::accept && sender.mail_from && !sender.null_sender &&
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
        Finding& finding = outcome_.finding;
        finding.ground = ground;
        finding.reason =
            fmt::format("{}-{}", ground == Ground::helo ? "helo" : "spf", spf::print(verdict.result));
        finding.setting = fmt::format("spf.policyd.{}", decision.setting);
        finding.temperror = verdict.result == spf::Result::temperror;
        finding.asked = finding.due = decision.action;
        finding.dry_run = rules_.test_only;
        heed_lists(finding);
        request_.softening.apply(finding);
        if (finding.taken == Action::reject || finding.taken == Action::tempfail) {
            outcome_.reply = reply(verdict, decision.by_list_of_domains);
        }
    }

    // What is refused may be on a list that could not be looked at: that is a matter for another day.
    void heed_lists(Finding& finding) const {
        const auto& lists = request_.sender.lists;
        if (lists && !lists->list.empty()) {
            finding.due = Action::accept;
            finding.why_milder = fmt::format("client is on {} ({})", lists->list, lists->entry);
        } else if (lists && !lists->problem.empty() && finding.asked == Action::reject) {
            finding.due = Action::tempfail;
            finding.why_milder = "a list could not be looked at: " + lists->problem;
        }
    }

    [[nodiscard]] SmtpReply reply(const spf::Verdict& verdict, bool by_list_of_domains) const {
        const Finding& finding = outcome_.finding;
        const auto& lists = request_.sender.lists;
        std::string problem;
        if (finding.asked == Action::reject && finding.taken == Action::tempfail) {
            problem = lists && !lists->problem.empty() ? lists->problem : finding.why_milder;
        }
        return policyd_reply({.action = finding.taken,
                              .helo = finding.ground == Ground::helo,
                              .verdict = verdict,
                              .by_list_of_domains = by_list_of_domains,
                              .list_problem = std::move(problem),
                              .envelope = request_.envelope,
                              .recipients = request_.recipients},
                             rules_);
    }

    const PolicydRequest& request_;
    const PolicydRules& rules_;
    PolicydOutcome outcome_;
};

} // namespace

PolicydOutcome policyd(const PolicydRequest& request, const PolicydRules& rules) {
    return Judge(request, rules).run();
}

void join(const PolicydOutcome& outcome, const Policy& policy, Disposition& disposition) {
    const Finding& finding = outcome.finding;
    if (finding.reason.empty()) {
        return;
    }
    const bool decides = finding.taken > disposition.action;
    auto& findings = disposition.findings;
    const auto place = std::find_if(findings.begin(), findings.end(), [&](const Finding& other) {
        return std::tie(other.taken, other.due, other.asked) <
               std::tie(finding.taken, finding.due, finding.asked);
    });
    findings.insert(place, finding);
    if (decides) { // over a field as well, which a refused message has no use for
        disposition.action = finding.taken;
        disposition.reply = outcome.reply;
    }
    if (decides && finding.taken == Action::mark) {
        disposition.fields.push_back({policy.quarantine_field, finding.reason});
    }
    if (decides || disposition.reason.empty()) {
        disposition.reason = finding.reason;
    }
}

} // namespace authenticate
