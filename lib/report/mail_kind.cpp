#include "report/mail_kind.h"

#include "base/ascii.h"

namespace report {

namespace {

constexpr std::size_t read_of_field = 1000;

// The first word of a field's body, in lower case: up to a blank or a semicolon.
std::string first_word(std::string_view body) {
    const std::string_view text = base::trim_fws(body.substr(0, read_of_field));
    return base::to_lower(text.substr(0, text.find_first_of(" \t\r\n;(")));
}

bool is_automatic(const message::HeaderField& field) {
    const std::string word = first_word(field.body());
    return !word.empty() && word != "no";
}

} // namespace

bool is_report_subject(std::string_view subject) {
    const std::string text = base::to_lower(base::trim_fws(subject.substr(0, read_of_field)));
    return text.starts_with("report domain:") && text.find("submitter:") != std::string::npos;
}

MailKind find_kind(const message::HeaderList& headers) {
    MailKind kind;
    for (const message::HeaderField& field : headers) {
        if (field.is_named("Subject")) {
            kind.report = kind.report || is_report_subject(field.body());
        } else if (field.is_named("Content-Type")) {
            kind.report = kind.report || first_word(field.body()) == "multipart/report";
        } else if (field.is_named("TLS-Report-Domain") || field.is_named("Feedback-Type")) {
            kind.report = true;
        } else if (field.is_named("Auto-Submitted")) {
            kind.automatic = kind.automatic || is_automatic(field);
        } else if (field.is_named("List-Id") || field.is_named("List-Post")) {
            kind.list = true;
        }
    }
    return kind;
}

} // namespace report
