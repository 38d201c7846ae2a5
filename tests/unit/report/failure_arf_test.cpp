#include "report/failure_arf.h"

#include "message/parse_message.h"
#include "support/catch.h"
#include "support/hostile_text.h"
#include "unit/report/failed_mail.h"

#include <string>
#include <vector>

using namespace report_test;

namespace {

const report::Redactor& redactor() {
    static const report::Redactor one("a secret of the site");
    return one;
}

report::FailureReporter reporter() {
    return {.from = report::read_address("reports@harbour.example").value(),
            .from_name = "Harbour Mail",
            .authserv_id = "harbour.example",
            .host = name("mx.harbour.example"),
            .user_agent = "paraph/1.0"};
}

message::HeaderList headers() {
    message::HeaderList list;
    list.add(message::HeaderField("From", " Ann <ann@press.orchard.example>"));
    list.add(message::HeaderField("To", " bob@harbour.example"));
    list.add(message::HeaderField("Subject", " Your invoice"));
    return list;
}

std::string written(const report::FailedMessage& message, std::size_t incidents = 1) {
    const auto who = reporter();
    return write({.reporter = who,
                  .message = message,
                  .to = report::read_address("f@orchard.example").value(),
                  .report_id = report::ReportId::parse("aeaqcaibaeaqcaibaeaqcaibae").value(),
                  .incidents = incidents,
                  .date = 1793752200},
                 redactor());
}

// The fields of the second part.
std::string feedback(const std::string& text) {
    const std::string head = "Content-Type: message/feedback-report\r\n\r\n";
    const auto begin = text.find(head) + head.size();
    return text.substr(begin, text.find("\r\n--report-", begin) - begin);
}

authenticate::Verdict failed() {
    auto verdict = failed_mail("v=DMARC1; p=reject; ruf=mailto:f@orchard.example; fo=0");
    verdict.dkim = {signature_of("lists.example", dkim::Cause::verified),
                    signature_of("orchard.example", dkim::Cause::body_hash_mismatch)};
    return verdict;
}

report::FailedMessage message_of(const authenticate::Verdict& verdict, const message::HeaderList& list) {
    return {.verdict = verdict,
            .headers = list,
            .client = address("192.0.2.7"),
            .mail_from = "<bounce+ann@bulk.example>",
            .action = authenticate::Action::reject,
            .arrival = 1793750399};
}

} // namespace

TEST_CASE("a failure report") {
    const auto verdict = failed();
    const auto list = headers();
    const std::string ann = redactor().word("ann", "press.orchard.example");
    CHECK(written(message_of(verdict, list)) ==
          "From: \"Harbour Mail\" <reports@harbour.example>\r\n"
          "To: <f@orchard.example>\r\n"
          "Subject: FW: Your invoice\r\n"
          "Date: Wed, 4 Nov 2026 00:30:00 +0000\r\n"
          "Message-ID: <aeaqcaibaeaqcaibaeaqcaibae@harbour.example>\r\n"
          "Auto-Submitted: auto-generated\r\n"
          "MIME-Version: 1.0\r\n"
          "Content-Type: multipart/report; report-type=feedback-report;\r\n"
          " boundary=\"report-aeaqcaibaeaqcaibaeaqcaibae\"\r\n"
          "\r\n"
          "--report-aeaqcaibaeaqcaibaeaqcaibae\r\n"
          "Content-Type: text/plain; charset=us-ascii\r\n"
          "\r\n"
          "This is a DMARC failure report (RFC 9991) about one message that says it is\r\n"
          "from this domain:\r\n"
          "  press.orchard.example\r\n"
          "It arrived from 192.0.2.7 on\r\n"
          "  Tue, 3 Nov 2026 23:59:59 +0000\r\n"
          "You get it because the domain's DMARC record names this address in ruf=.\r\n"
          "Local-parts of addresses are replaced by words that stand for them.\r\n"
          "\r\n"
          "--report-aeaqcaibaeaqcaibaeaqcaibae\r\n"
          "Content-Type: message/feedback-report\r\n"
          "\r\n"
          "Feedback-Type: auth-failure\r\n"
          "User-Agent: paraph/1.0\r\n"
          "Version: 1\r\n"
          "Auth-Failure: dmarc\r\n"
          "Authentication-Results: harbour.example;\r\n"
          "\tdmarc=fail header.from=press.orchard.example\r\n"
          "Identity-Alignment: dkim, spf\r\n"
          "Reported-Domain: press.orchard.example\r\n"
          "Original-Mail-From: <" +
              redactor().word("bounce+ann", "bulk.example") +
              "@bulk.example>\r\n"
              "Source-IP: 192.0.2.7\r\n"
              "Arrival-Date: Tue, 3 Nov 2026 23:59:59 +0000\r\n"
              "Reporting-MTA: dns; mx.harbour.example\r\n"
              "Delivery-Result: reject\r\n"
              "DKIM-Domain: orchard.example\r\n"
              "DKIM-Identity: @orchard.example\r\n"
              "DKIM-Selector: s1\r\n"
              "\r\n"
              "--report-aeaqcaibaeaqcaibaeaqcaibae\r\n"
              "Content-Type: text/rfc822-headers\r\n"
              "\r\n"
              "From: <" +
              ann +
              "@press.orchard.example>\r\n"
              "Subject: Your invoice\r\n"
              "\r\n"
              "--report-aeaqcaibaeaqcaibaeaqcaibae--\r\n");
}

TEST_CASE("the methods that did not authenticate an aligned identity") {
    auto verdict = failed();
    CHECK(report::identity_alignment(verdict) == "dkim, spf");
    verdict.dmarc->evaluation->dkim = dmarc::Alignment::yes;
    CHECK(report::identity_alignment(verdict) == "spf");
    verdict.dmarc->evaluation->spf = dmarc::Alignment::yes;
    CHECK(report::identity_alignment(verdict) == "none");
}

TEST_CASE("kinds of failure") {
    auto verdict = failed();
    verdict.dkim.push_back(signature_of("orchard.example", dkim::Cause::key_revoked));
    verdict.dkim.push_back(signature_of("orchard.example", dkim::Cause::signature_mismatch));
    const auto list = headers();
    const auto fields = [&](report::Failure failure) {
        auto message = message_of(verdict, list);
        message.failure = failure;
        return feedback(written(message));
    };
    const auto dkim = report::FailureKind::dkim;
    CHECK(fields({dkim, 1}).find("Auth-Failure: bodyhash\r\n") != std::string::npos);
    CHECK(fields({dkim, 2}).find("Auth-Failure: revoked\r\n") != std::string::npos);
    CHECK(fields({dkim, 3}).find("Auth-Failure: signature\r\n") != std::string::npos);
    CHECK(fields({dkim, 1}).find("dkim=fail reason=\"body hash did not verify\"") != std::string::npos);
    CHECK(fields({report::FailureKind::spf, 0}).find("spf=softfail smtp.mailfrom=bulk.example") !=
          std::string::npos);
}

TEST_CASE("SPF records are shown where SPF of an aligned identifier failed") {
    auto verdict = failed();
    const auto list = headers();
    auto message = message_of(verdict, list);
    message.spf_records = {{name("orchard.example"), "v=spf1 \"-all"}};
    CHECK(feedback(written(message)).find("SPF-DNS") == std::string::npos);
    verdict.sender.mail_from->domain = "bounces.orchard.example";
    CHECK(feedback(written(message)).find("SPF-DNS: txt : orchard.example : \"v=spf1 ?-all\"\r\n") !=
          std::string::npos);
}

TEST_CASE("similar failures are counted") {
    const auto verdict = failed();
    const auto list = headers();
    CHECK(feedback(written(message_of(verdict, list), 7)).find("Incidents: 7\r\n") != std::string::npos);
    CHECK(feedback(written(message_of(verdict, list))).find("Incidents") == std::string::npos);
}

TEST_CASE("whatever failed, the report is three parts of ASCII and has the fields it should have") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(1000); left > 0; --left) {
        auto verdict = failed();
        verdict.dkim[1].selector = hostile.next();
        verdict.dkim[1].identity = hostile.next() + "@orchard.example";
        message::HeaderList list;
        list.add(message::HeaderField("From", hostile.next()));
        list.add(message::HeaderField("Subject", hostile.next()));
        auto message = message_of(verdict, list);
        message.mail_from = hostile.next();
        message.spf_records = {{name("orchard.example"), hostile.next()}};
        const std::string text = written(message);
        CHECK(message::parse_message(text).value().headers.size() == 8);
        const auto parts = message::parse_message(feedback(text)).value();
        CHECK(parts.headers.size() == 15);
        CHECK(parts.headers.count("Authentication-Results") == 1);
        CHECK(std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
        }));
        CHECK(text.find("\r\n\r\n--report-aeaqcaibaeaqcaibaeaqcaibae--\r\n") + 43 == text.size());
    }
}
