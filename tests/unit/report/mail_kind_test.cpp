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
        {"Subject", " Report Domain: a.example Submitter: b.example Report-ID: 1", plain}, // of plain text
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
        {"Precedence", " List", list},
        {"Precedence", " bulk", list},
        {"Precedence", " first-class", {}},
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

TEST_CASE("the subject of a report in each of its forms") {
    const char* reports[] = {" Report Domain: a.example Submitter: b.example Report-ID: 1",
                             " report domain: a.example\r\n submitter: b.example",
                             " Report  Domain: a Submitter: b",
                             " Report\r\n Domain: a\r\n\tSubmitter: b",
                             " [Preview] Report Domain: a Submitter: b",
                             " FW:Report Domain: a Submitter: b",
                             " =?utf-8?Q?Report_Domain=3A_a?= =?utf-8?B?IFN1Ym1pdHRlcjogYg==?=",
                             " =?utf-8?Q?Report_?=\r\n =?utf-8?Q?_Domain=3A_a_Submitter=3A_b?="};
    for (const char* subject : reports) {
        CAPTURE(subject);
        CHECK(report::is_report_subject(subject));
    }
    for (const char* subject : {" Report Domain: sales of May", " Submitter: b Report Domain: a", " Report",
                                "", " Airport Domain: a Submitter: b", " misreport domain: a submitter: b"}) {
        CAPTURE(subject);
        CHECK_FALSE(report::is_report_subject(subject));
    }
}

TEST_CASE("a subject makes a report of mail that can carry one") {
    const auto is_report = [](const char* name, const char* type) {
        message::HeaderList headers;
        headers.add(message::HeaderField("Subject", " Report Domain: a.example Submitter: b.example"));
        headers.add(message::HeaderField(name, type));
        return report::find_kind(headers).report;
    };
    for (const char* type : {" multipart/mixed; boundary=x", " Application/GZIP", " text/xml;name=x",
                             " application/octet-stream"}) {
        CAPTURE(type);
        CHECK(is_report("Content-Type", type));
    }
    CHECK(is_report("ContentType", " multipart/mixed"));
    CHECK_FALSE(is_report("Content-Type", " text/plain; x=multipart/mixed"));
    CHECK_FALSE(is_report("Content-Type", " text/html"));
    CHECK_FALSE(is_report("X-Content-Type", " multipart/mixed"));
}

TEST_CASE("one field of several is enough") {
    message::HeaderList headers;
    headers.add(message::HeaderField("Auto-Submitted", " auto-generated"));
    headers.add(message::HeaderField("Auto-Submitted", " no"));
    headers.add(message::HeaderField("Subject", " Report Domain: a Submitter: b"));
    headers.add(message::HeaderField("Subject", " hello"));
    headers.add(message::HeaderField("Content-Type", " multipart/mixed"));
    CHECK(report::find_kind(headers) == report::MailKind{.report = true, .automatic = true});
}
