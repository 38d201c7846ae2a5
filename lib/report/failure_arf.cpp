#include "report/failure_arf.h"

#include "authres/format.h"
#include "base/ascii.h"
#include "report/alignment.h"
#include "report/mime.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

using authenticate::Action;

constexpr std::size_t max_subject_octets = 200;
constexpr std::size_t max_value_octets = 400;
constexpr std::size_t max_spf_records = 10;

// ---- The words of the fields

std::string_view auth_failure_of(const dkim::Verdict& signature) {
    if (signature.cause == dkim::Cause::body_hash_mismatch) {
        return "bodyhash";
    }
    return signature.cause == dkim::Cause::key_revoked ? "revoked" : "signature";
}

std::string_view auth_failure(const FailedMessage& message) {
    switch (message.failure.kind) {
    case FailureKind::dmarc:
        return "dmarc";
    case FailureKind::dkim:
        return auth_failure_of(message.verdict.dkim.at(message.failure.signature));
    case FailureKind::spf:
        return "spf";
    }
    return "dmarc";
}

std::string_view delivery_result(Action action) {
    switch (action) {
    case Action::accept:
        return "delivered";
    case Action::mark:
    case Action::quarantine:
        return "policy";
    case Action::reject:
    case Action::tempfail:
        return "reject";
    case Action::discard:
        return "other";
    }
    return "other";
}

// ---- The one method that the report is about (RFC 6591 3.1)

authres::MethodResult method_result(std::string_view method, std::string_view result) {
    return {.method = std::string(method),
            .result = std::string(result),
            .reason = {},
            .comments = {},
            .properties = {}};
}

authres::MethodResult dkim_result(const dkim::Verdict& signature) {
    auto result = method_result("dkim", dkim::print(signature.result));
    result.reason = signature.reason;
    result.properties = {{"header", "d", signature.domain}, {"header", "s", signature.selector}};
    return result;
}

authres::MethodResult result_of(const FailedMessage& message) {
    const authenticate::Verdict& verdict = message.verdict;
    switch (message.failure.kind) {
    case FailureKind::dmarc:
        break;
    case FailureKind::dkim:
        return dkim_result(verdict.dkim.at(message.failure.signature));
    case FailureKind::spf: {
        auto result = method_result("spf", spf::print(verdict.sender.mail_from->result));
        result.properties = {{"smtp", "mailfrom", verdict.sender.mail_from->domain}};
        return result;
    }
    }
    auto result = method_result("dmarc", dmarc::print(verdict.dmarc->result));
    result.properties = {{"header", "from", verdict.dmarc->author_domain->text()}};
    return result;
}

// ---- Identifiers that would align

bool would_align_if_passed(std::string_view domain, dmarc::AlignmentMode mode, const FailedMessage& message) {
    const auto name = base::DomainName::parse(domain);
    return name && would_align(*name, mode, *message.verdict.dmarc);
}

const dkim::Verdict* failed_signature(const FailedMessage& message) {
    const authenticate::Verdict& verdict = message.verdict;
    if (message.failure.kind == FailureKind::dkim) {
        return &verdict.dkim.at(message.failure.signature);
    }
    const auto mode = verdict.dmarc->evaluation->record->adkim;
    const auto found = std::find_if(verdict.dkim.begin(), verdict.dkim.end(), [&](const dkim::Verdict& one) {
        return one.result != dkim::Result::pass && would_align_if_passed(one.domain, mode, message);
    });
    return found == verdict.dkim.end() ? nullptr : &*found;
}

bool has_failed_spf(const FailedMessage& message) {
    const auto& spf = message.verdict.sender.mail_from;
    return spf && spf->result != spf::Result::pass &&
           would_align_if_passed(spf->domain, message.verdict.dmarc->evaluation->record->aspf, message);
}

// ---- The fields

class Fields {
  public:
    void add(std::string_view name, std::string_view value) {
        std::string shown = clean(value, max_value_octets);
        std::replace_if(shown.begin(), shown.end(), [](char c) { return !base::is_printable(c); }, '?');
        text_ += fmt::format("{}: {}\r\n", name, shown);
    }
    // Text with folds that was made for a field.
    void add_folded(std::string_view name, std::string_view body) {
        text_ += fmt::format("{}: {}\r\n", name, body);
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

// RFC 6376 3.5: i= is "@d" where it is not there.
std::string identity_of(const dkim::Verdict& signature, const Redactor& redactor) {
    const std::string identity = redactor.identity(signature.identity);
    return identity.empty() ? "@" + signature.domain : identity;
}

void add_dkim(Fields& fields, const FailedMessage& message, const Redactor& redactor) {
    if (const dkim::Verdict* signature = failed_signature(message)) {
        fields.add("DKIM-Domain", signature->domain);
        fields.add("DKIM-Identity", identity_of(*signature, redactor));
        fields.add("DKIM-Selector", signature->selector);
    }
}

void add_spf(Fields& fields, const FailedMessage& message) {
    if (!has_failed_spf(message) && message.failure.kind != FailureKind::spf) {
        return;
    }
    for (std::size_t i = 0; i < std::min(message.spf_records.size(), max_spf_records); ++i) {
        if (const auto body = spf_dns(message.spf_records[i])) {
            fields.add_folded("SPF-DNS", *body);
        }
    }
}

std::string feedback(const FailureMail& mail, const Redactor& redactor) {
    const FailedMessage& message = mail.message;
    Fields fields;
    fields.add("Feedback-Type", "auth-failure");
    fields.add("User-Agent", mail.reporter.user_agent);
    fields.add("Version", "1");
    fields.add("Auth-Failure", auth_failure(message));
    fields.add_folded("Authentication-Results",
                      authres::format(mail.reporter.authserv_id, {result_of(message)}));
    fields.add("Identity-Alignment", identity_alignment(message.verdict));
    fields.add("Reported-Domain", message.verdict.dmarc->author_domain->text());
    fields.add("Original-Mail-From", redactor.path(message.mail_from));
    if (message.client) {
        fields.add("Source-IP", message.client->print());
    }
    fields.add("Arrival-Date", mail_date(message.arrival));
    fields.add("Reporting-MTA", "dns; " + mail.reporter.host.text());
    fields.add("Delivery-Result", delivery_result(message.action));
    if (mail.incidents > 1) {
        fields.add("Incidents", std::to_string(mail.incidents));
    }
    add_dkim(fields, message, redactor);
    add_spf(fields, message);
    return fields.take();
}

std::string words(const FailureMail& mail) {
    return fmt::format("This is a DMARC failure report (RFC 9991) about one message that says it is\r\n"
                       "from this domain:\r\n"
                       "  {}\r\n"
                       "It arrived from {} on\r\n"
                       "  {}\r\n"
                       "You get it because the domain's DMARC record names this address in ruf=.\r\n"
                       "Local-parts of addresses are replaced by words that stand for them.\r\n",
                       mail.message.verdict.dmarc->author_domain->text(),
                       mail.message.client ? mail.message.client->print() : "an unknown address",
                       mail_date(mail.message.arrival));
}

std::string header(const FailureMail& mail, const Redactor& redactor, const std::string& boundary) {
    return fmt::format("From: {}\r\n"
                       "To: <{}>\r\n"
                       "Subject: {}\r\n"
                       "Date: {}\r\n"
                       "Message-ID: <{}@{}>\r\n"
                       "Auto-Submitted: auto-generated\r\n"
                       "MIME-Version: 1.0\r\n"
                       "Content-Type: multipart/report; report-type=feedback-report{}\r\n",
                       mailbox(mail.reporter.from_name, mail.reporter.from), print(mail.to),
                       unstructured("FW: " + redactor.subject(mail.message.headers), max_subject_octets),
                       mail_date(mail.date), mail.report_id.text(), mail.reporter.from.domain.text(),
                       parameter("boundary", boundary));
}

} // namespace

std::string identity_alignment(const authenticate::Verdict& verdict) {
    const dmarc::Verdict& evaluation = *verdict.dmarc->evaluation;
    std::string methods;
    if (evaluation.dkim != dmarc::Alignment::yes) {
        methods = "dkim";
    }
    if (evaluation.spf != dmarc::Alignment::yes) {
        methods += methods.empty() ? "spf" : ", spf";
    }
    return methods.empty() ? "none" : methods;
}

std::string write(const FailureMail& mail, const Redactor& redactor) {
    const std::string boundary = "report-" + mail.report_id.text();
    const std::string separator = "--" + boundary;
    std::string text = header(mail, redactor, boundary) + "\r\n" + separator + "\r\n";
    text += "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + words(mail);
    text +=
        "\r\n" + separator + "\r\nContent-Type: message/feedback-report\r\n\r\n" + feedback(mail, redactor);
    text += "\r\n" + separator + "\r\nContent-Type: text/rfc822-headers\r\n\r\n";
    text += redactor.header(mail.message.headers);
    return text + "\r\n" + separator + "--\r\n";
}

} // namespace report
