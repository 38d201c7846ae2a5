#include "authenticate/refusal.h"

#include "authenticate/findings.h"
#include "authenticate/reply.h"

#include <algorithm>

namespace authenticate {

namespace {

using State = message::Author::State;

// Texts in the form that operators write, with the codes of RFC 7372 3.
struct BuiltIn {
    std::string_view reason;
    std::string_view text;
};

constexpr BuiltIn of_reasons[] = {
    {"spf-fail", "5.7.23 SPF: {ip} may not send mail for {domain}"},
    {"spf-softfail", "5.7.23 SPF: {ip} is probably not allowed to send mail for {domain}"},
    {"spf-neutral", "5.7.23 SPF: {domain} does not say that {ip} may send its mail"},
    {"spf-none", "5.7.23 SPF: {domain} does not say who may send its mail"},
    {"spf-permerror", "5.7.24 SPF: the record of {domain} cannot be used"},
    {"spf-temperror", "5.7.24 SPF: the record of {domain} could not be looked up, try again later"},
    {"helo-fail", "5.7.23 SPF: {ip} may not say HELO as {domain}"},
    {"helo-softfail", "5.7.23 SPF: {ip} is probably not allowed to say HELO as {domain}"},
    {"helo-neutral", "5.7.23 SPF: {domain} does not say that {ip} may say HELO by this name"},
    {"helo-none", "5.7.23 SPF: {domain} does not say who may say HELO by this name"},
    {"helo-permerror", "5.7.24 SPF: the record of the HELO name {domain} cannot be used"},
    {"helo-temperror",
     "5.7.24 SPF: the record of the HELO name {domain} could not be looked up, try again later"},
    {"dkim-none", "5.7.20 message has no DKIM signature that counts"},
    {"dkim-fail", "5.7.20 no DKIM signature of the message passes"},
    {"dkim-no-key", "5.7.20 no DKIM signature of the message has a key"},
    {"dkim-policy", "5.7.21 no DKIM signature of the message is acceptable"},
    {"dkim-permerror", "5.7.20 no DKIM signature of the message can be used"},
    {"dkim-temperror", "5.7.20 the key of a DKIM signature could not be looked up, try again later"},
    {"dkim-no-author-domain", "5.7.22 no DKIM signature is of the author domain {domain}"},
    {"iprev-fail", "5.7.25 the reverse name of {ip} does not lead back to it"},
    {"iprev-permerror", "5.7.25 the reverse name of {ip} cannot be used"},
    {"iprev-temperror", "5.7.25 the reverse name of {ip} could not be looked up, try again later"},
    {"dmarc-reject", "5.7.1 rejected by DMARC policy for {domain}"},
    {"dmarc-quarantine", "5.7.1 rejected by DMARC policy for {domain}"},
    {"dmarc-permerror", "5.7.1 DMARC could not be evaluated for {domain}"},
    {"dmarc-temperror", "5.7.1 DMARC policy of {domain} could not be looked up, try again later"},
};

std::string_view words_for(const Finding& finding) {
    for (const BuiltIn& one : of_reasons) {
        if (one.reason == finding.reason) {
            return one.text;
        }
    }
    if (finding.reason == many_domains_doubt.reason) {
        return many_domains_doubt.refusal;
    }
    if (finding.reason == stray_line_break_doubt.reason) {
        return stray_line_break_doubt.refusal;
    }
    for (const State state :
         {State::none, State::several_fields, State::several_domains, State::unreadable}) {
        if (finding.reason == doubt_about(state).reason) {
            return doubt_about(state).refusal;
        }
    }
    return "refused by local policy";
}

std::string built_in(const Finding& finding, const ReplyValues& values) {
    const std::string text(words_for(finding));
    return values.explanation.empty() ? text : text + "; {explanation}";
}

const spf::Verdict* spf_of(Ground ground, const SenderVerdict& sender) {
    const auto& verdict = ground == Ground::helo && !sender.null_sender ? sender.helo : sender.mail_from;
    return verdict ? &*verdict : nullptr;
}

std::string author_domain(const Verdict& verdict) {
    if (verdict.dmarc && verdict.dmarc->author_domain) {
        return verdict.dmarc->author_domain->text();
    }
    return verdict.author.domains.empty() ? std::string() : verdict.author.domains.front().text();
}

// "spf-fail" is "fail", "several-from" what it is.
std::string result_of(const Finding& finding) {
    const std::string head = std::string(print(finding.ground)) + '-';
    return finding.reason.starts_with(head) ? finding.reason.substr(head.size()) : finding.reason;
}

ReplyValues values_of(const Finding& finding, const Verdict& verdict, const Circumstances& circumstances) {
    ReplyValues values;
    values.result = result_of(finding);
    values.ip = circumstances.client ? circumstances.client->print() : "";
    values.queue_id = circumstances.queue_id;
    values.sender = circumstances.mail_from.empty() ? "<>" : circumstances.mail_from;
    if (verdict.dmarc && verdict.dmarc->evaluation && verdict.dmarc->evaluation->policy) {
        values.policy = dmarc::print(*verdict.dmarc->evaluation->policy);
    }
    if (finding.ground == Ground::spf || finding.ground == Ground::helo) {
        if (const auto* spf = spf_of(finding.ground, verdict.sender)) {
            values.domain = spf->domain;
            values.explanation = spf->result == spf::Result::fail ? spf->explanation : "";
        }
    } else if (finding.ground == Ground::iprev) {
        values.domain = verdict.sender.iprev ? verdict.sender.iprev->name : "";
    } else {
        const bool of_another = finding.temperror && verdict.dmarc && verdict.dmarc->temperror_of;
        values.domain = of_another ? verdict.dmarc->temperror_of->text() : author_domain(verdict);
    }
    return values;
}

// What an operator wrote does not come as far as this if it cannot be read.
ReplyText text_for(const std::string& written, const std::string& otherwise) {
    auto text = ReplyText::parse(written);
    if (!text) {
        text = ReplyText::parse(otherwise);
    }
    return text ? std::move(*text) : ReplyText();
}

bool of_several_grounds(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& other) { return other.ground != findings.front().ground; });
}

// RFC 9989 7.2: the word DMARC helps the one who reads the reply, so of several it is the one that is told.
const Finding& told(const std::vector<Finding>& findings) {
    const auto dmarc = std::find_if(findings.begin(), findings.end(),
                                    [](const Finding& one) { return one.ground == Ground::dmarc; });
    return dmarc == findings.end() ? findings.front() : *dmarc;
}

SmtpReply make_reply(Action action, std::string enhanced, std::string text) {
    const bool for_good = action == Action::reject;
    if (!for_good) {
        enhanced.front() = '4';
    }
    return {for_good ? "550" : "451", std::move(enhanced), std::move(text)};
}

} // namespace

SmtpReply refusal(Action action, const std::vector<Finding>& findings, const Verdict& verdict,
                  const Circumstances& circumstances, const Policy& policy) {
    const Finding& finding = told(findings);
    const bool several = of_several_grounds(findings);
    const std::string& own = policy.replies.texts[static_cast<std::size_t>(finding.ground)];
    const std::string& written = several && !policy.replies.several.empty() ? policy.replies.several : own;
    const ReplyValues values = values_of(finding, verdict, circumstances);
    const ReplyText usual = text_for("", built_in(finding, values));
    const ReplyText text = text_for(written, built_in(finding, values));
    std::string enhanced = several ? "5.7.26" : usual.enhanced().empty() ? "5.7.1" : usual.enhanced();
    if (!text.enhanced().empty() && !written.empty()) {
        enhanced = text.enhanced();
    }
    return make_reply(action, std::move(enhanced), text.fill(values));
}

SmtpReply author_refusal(Action action, State state) {
    return make_reply(action, "5.7.1", std::string(doubt_about(state).refusal));
}

} // namespace authenticate
