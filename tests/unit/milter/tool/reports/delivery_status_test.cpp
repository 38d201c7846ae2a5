#include "milter/tool/reports/delivery_status.h"

#include "support/catch.h"

#include <string>

using namespace milter::tool::reports;

namespace {

std::string bounce(const std::string& groups, const std::string& type = "message/delivery-status") {
    return "From: MAILER-DAEMON@mx.example.net\nTo: reports+token@example.org\nSubject: Undelivered\n"
           "MIME-Version: 1.0\nContent-Type: multipart/report; "
           "report-type=delivery-status;\n\tboundary=\"b/1\"\n\n"
           "--b/1\nContent-Type: text/plain\n\nSorry.\n\n--b/1\nContent-Type: " +
           type + "\n\n" + groups +
           "\n--b/1\nContent-Type: text/rfc822-headers\n\nSubject: Action: failed\n--b/1--\n";
}

std::string with_crlf(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == '\n' ? "\r\n" : std::string(1, c);
    }
    return out;
}

constexpr auto failed =
    "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; a@example.net\nAction: failed\n"
    "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n such user\n";

} // namespace

TEST_CASE("a bounce is read as mail servers write it") {
    struct Case {
        const char* name;
        std::string mail;
        bool is_status;
        bool is_failed;
    };
    const Case cases[] = {
        {"failed", bounce(failed), true, true},
        {"failed, CRLF", with_crlf(bounce(failed)), true, true},
        {"of an internationalized mail", bounce(failed, "message/global-delivery-status"), true, true},
        {"delayed", bounce("Reporting-MTA: dns; x\n\nAction: delayed\nStatus: 4.4.1\n"), true, false},
        {"the second one failed", bounce("A: b\n\nAction: relayed\n\naction: FAILED\nStatus: 5.0.0\n"), true,
         true},
        {"no groups", bounce(""), true, false},
        {"no status part", bounce(failed, "text/plain"), false, false},
        {"an answer of a person", "From: a@example.net\nSubject: Re: Report\n\nAction: failed\n", false,
         false},
        {"the words in what came back", bounce("Reporting-MTA: dns; x\n"), true, false},
        {"nothing", "", false, false},
        {"no boundary", "Content-Type: multipart/report; report-type=delivery-status\n\nAction: failed\n",
         false, false},
        {"a read receipt",
         "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n"
         "Content-Type: message/delivery-status\n\nAction: failed\n--b--\n",
         false, false},
    };
    for (const auto& one : cases) {
        CAPTURE(one.name);
        const auto status = read_delivery_status(one.mail);
        REQUIRE(status.has_value() == one.is_status);
        CHECK((status && status->failed) == one.is_failed);
    }
    CHECK(read_delivery_status(bounce(failed))->why == "5.1.1 smtp; 550 5.1.1 no");
}

TEST_CASE("a hostile bounce cannot do more than be read") {
    const auto escape = read_delivery_status(bounce("A: b\n\nAction: failed\nStatus: \x1b[31m\r\nX: y\n"));
    REQUIRE(escape);
    CHECK(escape->why.find('\x1b') == std::string::npos);
    std::string many = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n";
    for (int i = 0; i < 100'000; ++i) {
        many += "--b\n";
    }
    CHECK_FALSE(read_delivery_status(many));
    CHECK_FALSE(read_delivery_status(std::string(1'000'000, 'a')));
    CHECK_FALSE(
        read_delivery_status("Content-Type: multipart/report; report-type=delivery-status; boundary=\"\n"));
    const auto long_why =
        read_delivery_status(bounce("A: b\n\nAction: failed\nStatus: " + std::string(60'000, '5')));
    REQUIRE(long_why);
    CHECK(long_why->why.size() < 500);
    for (std::size_t cut = 0; cut < bounce(failed).size(); ++cut) {
        (void)read_delivery_status(bounce(failed).substr(0, cut));
    }
}

TEST_CASE("the fields that may name the recipient") {
    CHECK(recipient_fields(bounce(failed)).find("reports+token@example.org") != std::string::npos);
    CHECK(recipient_fields("").find('@') == std::string::npos);
}
