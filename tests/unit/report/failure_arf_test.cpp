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
    const auto contents = contents_of(message, {"harbour.example", name("mx.harbour.example")}, redactor());
    CHECK(report::unpack_failure(pack(contents)) == contents);
    return report::write({.reporter = who,
                          .contents = contents,
                          .to = report::read_address("f@orchard.example").value(),
                          .report_id = report::ReportId::parse("aeaqcaibaeaqcaibaeaqcaibae").value(),
                          .incidents = incidents,
                          .date = 1793752200});
}

// The fields of the second part.
std::string feedback(const std::string& text) {
    const std::string head = "Content-Type: message/feedback-report\r\n\r\n";
    const auto begin = text.find(head) + head.size();
    return text.substr(begin, text.find("\r\n--report-", begin) - begin);
}

Mail failed_message(const std::string& tags = "") {
    return {.zone = record_of_orchard("v=DMARC1; p=reject; ruf=mailto:f@orchard.example; fo=0" + tags),
            .signatures = {signature_of("lists.example", dkim::Cause::verified),
                           signature_of("orchard.example", dkim::Cause::body_hash_mismatch)}};
}

authenticate::Verdict failed() {
    return judged(failed_message());
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
    Mail mail = failed_message();
    CHECK(report::identity_alignment(judged(mail)) == "dkim, spf");
    mail.signatures.push_back(signature_of("press.orchard.example", dkim::Cause::verified));
    CHECK(report::identity_alignment(judged(mail)) == "spf");
    mail.mail_from = "bounce.orchard.example";
    mail.spf = spf::Result::pass;
    CHECK(report::identity_alignment(judged(mail)) == "none");
    mail.signatures.pop_back();
    CHECK(report::identity_alignment(judged(mail)) == "dkim");
}

TEST_CASE("what was done, in the words of RFC 6591") {
    using authenticate::Action;
    const auto verdict = failed();
    const auto list = headers();
    const std::pair<Action, const char*> cases[] = {
        {Action::accept, "delivered"}, {Action::mark, "policy"},     {Action::quarantine, "policy"},
        {Action::reject, "reject"},    {Action::tempfail, "reject"}, {Action::discard, "other"}};
    for (const auto& [action, word] : cases) {
        auto message = message_of(verdict, list);
        message.action = action;
        CHECK(feedback(written(message)).find(std::string("Delivery-Result: ") + word + "\r\n") !=
              std::string::npos);
    }
}

TEST_CASE("kinds of failure") {
    Mail mail = failed_message();
    mail.signatures.push_back(signature_of("orchard.example", dkim::Cause::key_revoked));
    mail.signatures.push_back(signature_of("orchard.example", dkim::Cause::signature_mismatch));
    const auto verdict = judged(mail);
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

TEST_CASE("fields of a mechanism are there where it would have aligned") {
    struct Case {
        const char* name;
        const char* tags;
        const char* mail_from;
        spf::Result spf;
        std::vector<dkim::Verdict> signatures;
        bool dkim, spf_dns;
    };
    const auto of_press = signature_of("press.orchard.example", dkim::Cause::verified);
    const auto broken_of_press = signature_of("press.orchard.example", dkim::Cause::body_hash_mismatch);
    const auto broken = signature_of("orchard.example", dkim::Cause::body_hash_mismatch);
    const auto stranger = signature_of("lists.example", dkim::Cause::body_hash_mismatch);
    const Case cases[] = {
        {"of strangers", "", "bulk.example", spf::Result::fail, {stranger}, false, false},
        {"of the organization", "", "bounce.orchard.example", spf::Result::fail, {broken}, true, true},
        {"of the author", "", "press.orchard.example", spf::Result::softfail, {broken_of_press}, true, true},
        {"SPF passed", "", "bounce.orchard.example", spf::Result::pass, {broken}, true, false},
        {"DKIM passed strictly first",
         "",
         "bounce.orchard.example",
         spf::Result::fail,
         {of_press},
         false,
         true},
        {"strict modes", "; adkim=s; aspf=s", "orchard.example", spf::Result::fail, {broken}, false, false},
        {"strict modes, the author",
         "; adkim=s; aspf=s",
         "press.orchard.example",
         spf::Result::fail,
         {broken_of_press},
         true,
         true},
        {"strict for DKIM", "; adkim=s", "orchard.example", spf::Result::fail, {broken}, false, true},
        {"strict for SPF", "; aspf=s", "orchard.example", spf::Result::fail, {broken}, true, false},
    };
    const auto list = headers();
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Mail mail = failed_message(c.tags);
        mail.zone.push_back({"TXT _dmarc.press.orchard.example", mail.zone.front().record});
        mail.mail_from = c.mail_from;
        mail.spf = c.spf;
        mail.signatures = c.signatures;
        const auto verdict = judged(mail);
        auto message = message_of(verdict, list);
        message.spf_records = {{name("orchard.example"), "v=spf1 -all"}};
        const std::string fields = feedback(written(message));
        CHECK((fields.find("DKIM-Domain: ") != std::string::npos) == c.dkim);
        CHECK((fields.find("SPF-DNS: txt : orchard.example : \"v=spf1 -all\"\r\n") != std::string::npos) ==
              c.spf_dns);
    }
}

TEST_CASE("an SPF record stands there whole or not at all") {
    const auto unfolded = [](std::string text) {
        for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ")) {
            text.erase(at, 2);
        }
        return text;
    };
    std::string terms = "v=spf1";
    for (int i = 0; i < 40; ++i) {
        terms += "  include:spf" + std::to_string(i) + ".orchard.example";
    }
    const std::string label(60, 'i');
    const auto domain = name(label + "." + label + "." + label + ".example");
    for (const std::string& text :
         {terms, "v=spf1 ip4:192.0.2.0/24 -all" + std::string(200, ' '), std::string()}) {
        const auto body = report::spf_dns({domain, text}).value();
        CHECK(unfolded(body) == "txt : " + domain.text() + " : \"" + text + "\"");
        CHECK(body.find("\r\n  ") == std::string::npos); // no line of blanks
    }
    CHECK(report::spf_dns({name("a.example"), "v=spf1 x=\"\\ -all"}) ==
          "txt : a.example : \"v=spf1 x=\\\"\\\\ -all\"");
    CHECK_FALSE(report::spf_dns({domain, "v=spf1 " + std::string(401, 'x')}));
    CHECK_FALSE(report::spf_dns({domain, std::string(4000, 'x') + " " + std::string(100, ' ')}));
    CHECK_FALSE(report::spf_dns({domain, "v=spf1\t-all"}));
    CHECK_FALSE(report::spf_dns({domain, "v=spf1 \xc3\xa9"}));
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
