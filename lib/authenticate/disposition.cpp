#include "authenticate/disposition.h"

#include "authenticate/findings.h"
#include "authenticate/refusal.h"
#include "authenticate/role_mailbox.h"
#include "base/ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <string_view>

namespace authenticate {

namespace {

using State = message::Author::State;

bool is_refusal(Action action) {
    return action == Action::tempfail || action == Action::reject || action == Action::discard;
}

bool is_for_good(Action action) {
    return action == Action::reject || action == Action::discard;
}

bool is_from(const Exception& exception, Ground ground) {
    const auto& grounds = exception.grounds;
    return grounds.empty() ||
           std::find(grounds.begin(), grounds.end(), static_cast<std::size_t>(ground)) != grounds.end();
}

// What makes the findings of one message milder than their settings.
class Softening {
  public:
    Softening(const Verdict& verdict, const Circumstances& circumstances, const Policy& policy,
              const std::vector<Exception>& exceptions)
        : verdict_(verdict), circumstances_(circumstances), policy_(policy), exceptions_(exceptions),
          passed_on_(policy.dmarc.enforcement == Enforcement::enforce ? passed_on() : ""),
          to_roles_(policy.spare_role_mailboxes && are_role_mailboxes(circumstances.recipients)) {
        matches_.reserve(exceptions.size());
        for (const Exception& exception : exceptions) {
            matches_.push_back(match(exception, verdict, circumstances));
        }
    }

    void apply(Finding& finding) const {
        if (finding.due != Action::accept) {
            heed_signs(finding);
            heed_exceptions(finding);
            heed_recipients(finding);
        }
        finding.dry_run =
            finding.due != Action::accept && policy_.dry_run[static_cast<std::size_t>(finding.ground)];
        finding.taken = finding.dry_run ? Action::accept : finding.due;
    }

  private:
    // Somebody who passes mail on breaks what the author signed; a plain forgery has no signature of the
    // author at all. A sender can write every sign there is, so that they lead to what p=quarantine does and
    // no further.
    std::string passed_on() const {
        if (!circumstances_.signs.passed_on.empty()) {
            return circumstances_.signs.passed_on;
        }
        for (const auto& signature : verdict_.dkim) {
            const bool broken = signature.cause == dkim::Cause::signature_mismatch ||
                                signature.cause == dkim::Cause::body_hash_mismatch;
            const auto& authors = verdict_.author.domains;
            if (broken && std::any_of(authors.begin(), authors.end(), [&](const base::DomainName& author) {
                    return author.text() == signature.domain;
                })) {
                return "a broken signature of the author's domain";
            }
        }
        return {};
    }

    void lower(Finding& finding, Action action, std::string_view why) const {
        if (finding.due > action) {
            finding.due = action;
            finding.why_milder += finding.why_milder.empty() ? "" : ", ";
            finding.why_milder += why;
        }
    }

    // RFC 9989 7.4: p=reject alone is no reason to reject.
    void heed_signs(Finding& finding) const {
        if (finding.reason == "dmarc-reject" && !passed_on_.empty()) {
            lower(finding, policy_.dmarc.quarantine, fmt::format("passed on ({})", passed_on_));
        }
    }

    void heed_exceptions(Finding& finding) const {
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
        if (open && is_for_good(finding.due)) {
            lower(finding, Action::tempfail, "an exception depends on the DNS");
        }
    }

    // Mail through a relay may be refused for what is known of its client alone.
    void heed_handover(Finding& finding) const {
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

    void heed_recipients(Finding& finding) const {
        heed_handover(finding);
        if (to_roles_ && is_refusal(finding.due)) {
            lower(finding, Action::mark, "to postmaster or abuse alone");
        }
    }

    const Verdict& verdict_;
    const Circumstances& circumstances_;
    const Policy& policy_;
    const std::vector<Exception>& exceptions_;
    std::vector<Match> matches_; // of each exception
    std::string passed_on_;
    bool to_roles_;
};

void soften(std::vector<Finding>& findings, const Verdict& verdict, const Circumstances& circumstances,
            const Policy& policy, const std::vector<Exception>& exceptions) {
    const bool asked = std::any_of(findings.begin(), findings.end(),
                                   [](const Finding& finding) { return finding.due != Action::accept; });
    if (!asked) {
        return;
    }
    const Softening softening(verdict, circumstances, policy, exceptions);
    for (Finding& finding : findings) {
        softening.apply(finding);
        assert(!finding.temperror || !is_for_good(finding.taken));
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

const Finding* find_dmarc(const std::vector<Finding>& findings) {
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding& one) { return one.ground == Ground::dmarc; });
    return found == findings.end() ? nullptr : &*found;
}

// Whether what was done is at least what the domain asks for.
bool is_followed(const Finding& dmarc) {
    return dmarc.taken >= (dmarc.reason == "dmarc-reject" ? Action::tempfail : Action::mark);
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

std::optional<PolicyOverride> find_override(const std::vector<Finding>& findings, const Verdict& verdict,
                                            const Circumstances& circumstances) {
    if (!verdict.dmarc || verdict.dmarc->result != dmarc::Result::fail || !verdict.dmarc->evaluation) {
        return std::nullopt;
    }
    const Finding* dmarc = find_dmarc(findings);
    if (dmarc != nullptr && !is_followed(*dmarc)) {
        return override_by(*dmarc, circumstances);
    }
    const auto& evaluation = *verdict.dmarc->evaluation;
    if (evaluation.published_policy != evaluation.policy) { // RFC 9989 4.7: lowered by t=y
        return PolicyOverride{OverrideType::policy_test_mode, "t=y"};
    }
    return std::nullopt;
}

bool has_something_to_say(const Finding& finding) {
    return finding.asked != Action::accept || finding.ground == Ground::author;
}

constexpr std::size_t longest_reason = 100;

// There are readers who look for "dmarc=pass" or for a semicolon in the whole field.
std::string plain(std::string_view text) {
    std::string words = base::one_line(text, longest_reason);
    std::erase_if(words, [](char c) { return c == '(' || c == ')' || c == '\\' || c == '"'; });
    std::replace(words.begin(), words.end(), '=', '?');
    std::replace(words.begin(), words.end(), ';', ',');
    return words;
}

} // namespace

Disposition dispose(const Verdict& verdict, const Circumstances& circumstances, const Policy& policy,
                    const std::vector<Exception>& exceptions) {
    Disposition disposition;
    disposition.findings = find(verdict, policy);
    auto& findings = disposition.findings;
    soften(findings, verdict, circumstances, policy, exceptions);
    std::stable_sort(findings.begin(), findings.end(), is_harder);
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
    disposition.override_reason = find_override(findings, verdict, circumstances);
    return disposition;
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

std::string print_done(const Disposition& disposition) {
    std::string words;
    const auto add = [&words](const std::string& phrase) {
        words += (words.empty() || phrase.empty() ? "" : ", ") + phrase;
    };
    if (disposition.action != Action::accept) {
        add(fmt::format("dis {}", print(disposition.action)));
    }
    Action would = disposition.action;
    const Finding* excepted = nullptr;
    for (const Finding& finding : disposition.findings) {
        would = std::max(would, finding.due);
        excepted = excepted == nullptr && finding.exception ? &finding : excepted;
    }
    if (would != disposition.action) {
        add(fmt::format("would {}", print(would)));
    }
    if (!disposition.findings.empty() && !disposition.findings.front().why_milder.empty()) {
        add(plain(disposition.findings.front().why_milder));
    }
    if (excepted != nullptr) {
        const std::string name = plain(excepted->exception->name);
        add(disposition.action == Action::accept
                ? fmt::format("accepted by exception {}", name)
                : fmt::format("exception {} for {}", name, print(excepted->ground)));
    }
    return words;
}

} // namespace authenticate
