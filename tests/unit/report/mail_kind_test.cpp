#include "report/mail_kind.h"

#include "support/catch.h"

#include <string>

TEST_CASE("what kind of mail the header says it is") {
    struct Case {
        const char* field;
        const char* body;
        report::MailKind expected;
    };
    const report::MailKind plain{};
    const report::MailKind a_report{.report = true};
    const report::MailKind automatic{.automatic = true};
    const report::MailKind list{.list = true};
    const Case cases[] = {
        {"Subject", " Report Domain: a.example Submitter: b.example Report-ID: 1", a_report},
        {"Subject", " report domain: a.example\r\n submitter: b.example", a_report},
        {"Subject", " Report Domain: sales of May", plain},
        {"Subject", " Re: Report Domain: a.example Submitter: b.example", plain},
        {"Content-Type", " multipart/report; report-type=delivery-status", a_report},
        {"CONTENT-TYPE", "Multipart/Report;report-type=feedback-report", a_report},
        {"Content-Type", " multipart/mixed; boundary=\"multipart/report\"", plain},
        {"TLS-Report-Domain", " a.example", a_report},
        {"Auto-Submitted", " auto-generated", automatic},
        {"Auto-Submitted", " Auto-Replied; owner-email=\"x\"", automatic},
        {"Auto-Submitted", " no", plain},
        {"Auto-Submitted", " NO (really)", plain},
        {"Auto-Submitted", " ", plain},
        {"List-Id", " <a.lists.example>", list},
        {"X-Subject", " Report Domain: a.example Submitter: b.example", plain},
    };
    for (const Case& c : cases) {
        CAPTURE(c.field, c.body);
        message::HeaderList headers;
        headers.add(message::HeaderField("From", " a@a.example"));
        headers.add(message::HeaderField(c.field, c.body));
        CHECK(report::find_kind(headers) == c.expected);
    }
}

TEST_CASE("one field of several is enough") {
    message::HeaderList headers;
    headers.add(message::HeaderField("Auto-Submitted", " auto-generated"));
    headers.add(message::HeaderField("Auto-Submitted", " no"));
    headers.add(message::HeaderField("Subject", " Report Domain: a Submitter: b"));
    headers.add(message::HeaderField("Subject", " hello"));
    CHECK(report::find_kind(headers) == report::MailKind{.report = true, .automatic = true});
}
