#include "report/mail_kind.h"

#include "base/ascii.h"
#include "message/encoded_words.h"

namespace report {

namespace {

constexpr std::size_t read_of_field = 1000;

// The first word of a field's body, in lower case: up to a blank or a semicolon.
std::string first_word(std::string_view body) {
    const std::string_view text = base::trim_fws(body.substr(0, read_of_field));
    return base::to_lower(text.substr(0, text.find_first_of(" \t\r\n;(")));
}

// Whether mail of that type has an attachment, or is one: a report is never plain text.
bool is_carrier(std::string_view type) {
    return type.starts_with("multipart/") || type.starts_with("application/") || type == "text/xml";
}

// Folds and rows of blanks become one blank.
std::string squeezed(std::string_view text) {
    std::string squeezed;
    for (const char c : text) {
        const bool is_blank = base::is_wsp(c) || c == '\r' || c == '\n';
        if (!is_blank || (!squeezed.empty() && squeezed.back() != ' ')) {
            squeezed += is_blank ? ' ' : c;
        }
    }
    return squeezed;
}

bool is_automatic(const message::HeaderField& field) {
    const std::string word = first_word(field.body());
    return !word.empty() && word != "no";
}

// What lists wrote before there was List-Id; RFC 3834 2 takes it for a sign of one.
bool is_bulk(std::string_view precedence) {
    return precedence == "list" || precedence == "bulk" || precedence == "junk";
}

} // namespace

bool is_report_subject(std::string_view subject) {
    const std::string text =
        base::to_lower(squeezed(message::decode_encoded_words(squeezed(subject.substr(0, read_of_field)))));
    const auto begin = text.find("report domain:");
    const bool is_word = begin == 0 || (begin != std::string::npos && !base::is_alnum(text[begin - 1]));
    return is_word && text.find("submitter:", begin) != std::string::npos;
}

MailKind find_kind(const message::HeaderList& headers) {
    MailKind kind;
    bool is_titled = false;
    bool may_carry = false;
    for (const message::HeaderField& field : headers) {
        if (field.is_named("Subject")) {
            is_titled = is_titled || is_report_subject(field.body());
        } else if (field.is_named("Content-Type") || field.is_named("ContentType")) {
            const std::string type = first_word(field.body());
            kind.report = kind.report || type == "multipart/report";
            may_carry = may_carry || is_carrier(type);
        } else if (field.is_named("TLS-Report-Domain") || field.is_named("Feedback-Type")) {
            kind.report = true;
        } else if (field.is_named("Auto-Submitted")) {
            kind.automatic = kind.automatic || is_automatic(field);
        } else if (field.is_named("List-Id") || field.is_named("List-Post")) {
            kind.list = true;
        } else if (field.is_named("Precedence")) {
            kind.list = kind.list || is_bulk(first_word(field.body()));
        }
    }
    kind.report = kind.report || (is_titled && may_carry);
    return kind;
}

} // namespace report
