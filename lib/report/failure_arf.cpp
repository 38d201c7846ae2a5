#include "report/failure_arf.h"

#include "authres/format.h"
#include "base/ascii.h"
#include "report/alignment.h"
#include "report/mime.h"
#include "report/stored_bytes.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace report {

namespace {

using authenticate::Action;

constexpr std::size_t max_subject_octets = 200;
constexpr std::size_t max_value_octets = 400;
constexpr std::size_t max_spf_records = 10;
constexpr std::size_t max_block_octets = 32 * std::size_t{1024}; // of the message's header
constexpr std::size_t failure_form = 1;

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

// What the message alone says; the others are those of the report.
std::string feedback(const FailedMessage& message, const FailurePlace& place, const Redactor& redactor) {
    Fields fields;
    fields.add("Auth-Failure", auth_failure(message));
    fields.add_folded("Authentication-Results", authres::format(place.authserv_id, {result_of(message)}));
    fields.add("Identity-Alignment", identity_alignment(message.verdict));
    fields.add("Reported-Domain", message.verdict.dmarc->author_domain->text());
    fields.add("Original-Mail-From", redactor.path(message.mail_from));
    if (message.client) {
        fields.add("Source-IP", message.client->print());
    }
    fields.add("Arrival-Date", mail_date(message.arrival));
    fields.add("Reporting-MTA", "dns; " + place.host.text());
    fields.add("Delivery-Result", delivery_result(message.action));
    add_dkim(fields, message, redactor);
    add_spf(fields, message);
    return fields.take();
}

std::string feedback(const FailureMail& mail) {
    Fields fields;
    fields.add("Feedback-Type", "auth-failure");
    fields.add("User-Agent", mail.reporter.user_agent);
    fields.add("Version", "1");
    if (mail.incidents > 1) {
        fields.add("Incidents", std::to_string(mail.incidents));
    }
    return fields.take() + mail.contents.feedback;
}

std::string words(const FailedMessage& message) {
    return fmt::format("This is a DMARC failure report (RFC 9991) about one message that says it is\r\n"
                       "from this domain:\r\n"
                       "  {}\r\n"
                       "It arrived from {} on\r\n"
                       "  {}\r\n"
                       "You get it because the domain's DMARC record names this address in ruf=.\r\n"
                       "Local-parts of addresses are replaced by words that stand for them.\r\n",
                       message.verdict.dmarc->author_domain->text(),
                       message.client ? message.client->print() : "an unknown address",
                       mail_date(message.arrival));
}

std::string header(const FailureMail& mail, const std::string& boundary) {
    return fmt::format(
        "From: {}\r\n"
        "To: <{}>\r\n"
        "Subject: {}\r\n"
        "Date: {}\r\n"
        "Message-ID: <{}@{}>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=feedback-report{}\r\n",
        mailbox(mail.reporter.from_name, mail.reporter.from), print(mail.to),
        unstructured("FW: " + clean(mail.contents.subject, max_subject_octets), max_subject_octets),
        mail_date(mail.date), mail.report_id.text(), mail.reporter.from.domain.text(),
        parameter("boundary", boundary));
}

// Whole fields, as many as there is room for.
std::string shortened(std::string block, std::size_t most) {
    while (block.size() > most) {
        auto end = block.rfind("\r\n", block.size() - 3);
        while (end != std::string::npos && end > 0 && base::is_wsp(block[end + 2])) { // a fold
            end = block.rfind("\r\n", end - 1);
        }
        block.resize(end == std::string::npos ? 0 : end + 2);
    }
    return block;
}

// Printable lines that end with CRLF, so that no octet of it means anything to a mail server or ends a part.
bool is_block(std::string_view text) {
    constexpr std::size_t longest_line = 998; // RFC 5322 2.1.1
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        if (end == std::string_view::npos || line.size() > longest_line || line.starts_with("--") ||
            !std::all_of(line.begin(), line.end(),
                         [](char c) { return base::is_printable(c) || base::is_wsp(c); })) {
            return false;
        }
        text.remove_prefix(end + 2);
    }
    return true;
}

// No empty line in it: it would end the fields.
bool is_field_block(std::string_view text) {
    return is_block(text) && !text.starts_with("\r\n") && text.find("\r\n\r\n") == std::string_view::npos;
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

FailureContents contents_of(const FailedMessage& message, const FailurePlace& place,
                            const Redactor& redactor) {
    return {.subject = redactor.subject(message.headers),
            .words = words(message),
            .feedback = feedback(message, place, redactor),
            .header = shortened(redactor.header(message.headers), max_block_octets)};
}

std::string pack(const FailureContents& contents) {
    ByteWriter bytes;
    bytes.octet(failure_form);
    for (const auto* part : {&contents.subject, &contents.words, &contents.feedback, &contents.header}) {
        bytes.text(*part);
    }
    return bytes.take();
}

std::optional<FailureContents> unpack_failure(std::string_view octets) {
    ByteReader bytes(octets);
    const auto form = bytes.octet();
    FailureContents contents;
    for (auto* part : {&contents.subject, &contents.words, &contents.feedback, &contents.header}) {
        *part = bytes.text(0xffff);
    }
    const bool good = bytes.at_end() && form == failure_form && is_block(contents.words) &&
                      is_field_block(contents.feedback) && is_field_block(contents.header);
    return good ? std::optional(std::move(contents)) : std::nullopt;
}

std::string write(const FailureMail& mail) {
    const std::string boundary = "report-" + mail.report_id.text();
    const std::string separator = "--" + boundary;
    std::string text = header(mail, boundary) + "\r\n" + separator + "\r\n";
    text += "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + mail.contents.words;
    text += "\r\n" + separator + "\r\nContent-Type: message/feedback-report\r\n\r\n" + feedback(mail);
    text += "\r\n" + separator + "\r\nContent-Type: text/rfc822-headers\r\n\r\n";
    text += mail.contents.header;
    return text + "\r\n" + separator + "--\r\n";
}

} // namespace report
