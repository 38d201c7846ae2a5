#include "report/report_mail.h"

#include "message/from.h"
#include "report/mime.h"
#include "report/sign_mail.h"
#include "support/hostile_text.h"
#include "unit/dkim/sample.h"
#include "unit/report/values.h"
#include "unit/report/written.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace report_test;

namespace {

report::ReportMail mail() {
    return {.identity = identity_of(full_policy()),
            .from = report::read_address("reports@harbour.example").value(),
            .to = report::read_address("agg@orchard.example").value(),
            .from_name = "Harbour Mail",
            .contact = "https://harbour.example/postmaster",
            .date = 1793752200,
            .attachment = std::string("\x1f\x8b\0\r\n.\r\n", 8)};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::size_t from = 0;
    for (std::size_t end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n", from)) {
        lines.push_back(text.substr(from, end - from));
        from = end + 2;
    }
    CHECK(from == text.size()); // the last line has its end
    return lines;
}

std::vector<std::string> fields_of(const std::string& text) {
    std::vector<std::string> names;
    for (const auto& field : parsed(text).headers) {
        CHECK(field.well_formed());
        names.emplace_back(field.name());
    }
    return names;
}

const std::vector<std::string> all_fields = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"};

} // namespace

TEST_CASE("the mail of a report") {
    CHECK(write(mail()) == "From: \"Harbour Mail\" <reports@harbour.example>\r\n"
                           "To: <agg@orchard.example>\r\n"
                           "Subject: Report Domain: orchard.example Submitter: harbour.example\r\n"
                           " Report-ID: aeaqcaibaeaqcaibaeaqcaibae\r\n"
                           "Date: Wed, 4 Nov 2026 00:30:00 +0000\r\n"
                           "Message-ID: <aeaqcaibaeaqcaibaeaqcaibae@harbour.example>\r\n"
                           "Auto-Submitted: auto-generated\r\n"
                           "MIME-Version: 1.0\r\n"
                           "Content-Type: multipart/mixed;\r\n"
                           " boundary=\"report-aeaqcaibaeaqcaibaeaqcaibae\"\r\n"
                           "\r\n"
                           "--report-aeaqcaibaeaqcaibaeaqcaibae\r\n"
                           "Content-Type: text/plain; charset=us-ascii\r\n"
                           "\r\n"
                           "This is a DMARC aggregate report (RFC 9990): what the receiver found out\r\n"
                           "about mail that says it is from a domain. It counts messages and holds\r\n"
                           "none. You get it because the domain's DMARC record names this address.\r\n"
                           "\r\n"
                           "Domain:    orchard.example\r\n"
                           "Receiver:  harbour.example\r\n"
                           "From:      2026-11-03 00:00:00 UTC\r\n"
                           "Until:     2026-11-03 23:59:59 UTC\r\n"
                           "Report-ID: aeaqcaibaeaqcaibaeaqcaibae\r\n"
                           "\r\n"
                           "Questions about it:\r\n"
                           "  https://harbour.example/postmaster\r\n"
                           "\r\n"
                           "--report-aeaqcaibaeaqcaibaeaqcaibae\r\n"
                           "Content-Type: application/gzip;\r\n"
                           " name=\"harbour.example!orchard.example!1793664000!1793750399!"
                           "aeaqcaibaeaqcaibaeaqcaibae.xml.gz\"\r\n"
                           "Content-Transfer-Encoding: base64\r\n"
                           "Content-Disposition: attachment;\r\n"
                           " filename=\"harbour.example!orchard.example!1793664000!1793750399!"
                           "aeaqcaibaeaqcaibaeaqcaibae.xml.gz\"\r\n"
                           "\r\n"
                           "H4sADQouDQo=\r\n"
                           "\r\n"
                           "--report-aeaqcaibaeaqcaibaeaqcaibae--\r\n");
}

TEST_CASE("a report that is not compressed says so") {
    auto plain = mail();
    plain.compressed = false;
    const std::string text = write(plain);
    CHECK(text.find("Content-Type: text/xml;") != std::string::npos);
    CHECK(text.find(".xml\"") != std::string::npos);
    CHECK(text.find(".gz") == std::string::npos);
}

TEST_CASE("no value adds a field, a second recipient or a long line") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(1000); left > 0; --left) {
        auto one = mail();
        one.from_name = hostile.next();
        one.contact = hostile.next();
        one.attachment = hostile.next();
        const std::string text = write(one);
        CHECK(fields_of(text) == all_fields);
        CHECK(message::find_author(parsed(text).headers).state == message::Author::State::one);
        const auto lines = lines_of(text);
        CHECK(std::all_of(lines.begin(), lines.end(), [](const std::string& line) {
            return (line.size() <= 78 || line.find("name=") != std::string::npos) &&
                   std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20; });
        }));
        CHECK(text.find("\r\n\r\n" + report::base64_lines(one.attachment)) != std::string::npos);
    }
}

TEST_CASE("names that are longer than a line stand alone and below the limit of RFC 5322") {
    auto one = mail();
    const std::string label(60, 'a');
    one.identity.policy_domain = name(label + "." + label + "." + label + ".example");
    one.identity.submitter = name(label + "." + label + "." + label + ".test");
    for (const std::string& line : lines_of(write(one))) {
        CHECK(line.size() < (line.find("name=") == std::string::npos ? 300 : 600));
    }
}

TEST_CASE("a signed report passes DKIM") {
    const auto rsa = signing_key(support::rsa_pem);
    const auto ed25519 = signing_key(support::ed25519_pem);
    const auto text = report::sign_mail(
        write(mail()), {{rsa, "harbour.example", "r"}, {ed25519, "harbour.example", "e"}}, sample_time);
    REQUIRE(text);
    const Zone zone{{"TXT r._domainkey.harbour.example", key_record(rsa)},
                    {"TXT e._domainkey.harbour.example", key_record(ed25519)}};
    CHECK(results_of(*text, zone) == "pass; pass");
    CHECK(results_of(*text + "more\r\n", zone) ==
          "fail: body hash did not verify; fail: body hash did not verify");
    CHECK_FALSE(report::sign_mail(write(mail()), {}, sample_time));
    CHECK_FALSE(report::sign_mail("To: nobody\r\n\r\n", {{rsa, "harbour.example", "r"}}, sample_time));
}
