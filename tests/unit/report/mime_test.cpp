#include "report/mime.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include "message/encoded_words.h"

#include <algorithm>
#include <string>

namespace {

const report::Address& us() {
    static const report::Address address = report::read_address("reports@harbour.example").value();
    return address;
}

// Every CR LF is a fold, and nothing else breaks a line.
bool is_one_field(const std::string& body) {
    for (std::size_t at = 0; at < body.size(); ++at) {
        const unsigned char c = static_cast<unsigned char>(body[at]);
        if (c == '\r') {
            if (body.compare(at, 3, "\r\n ") != 0 || at + 3 == body.size() || body[at + 3] == ' ') {
                return false;
            }
            at += 2;
        } else if (c < 0x20 || c >= 0x7f) {
            return false;
        }
    }
    return true;
}

} // namespace

TEST_CASE("dates") {
    CHECK(report::mail_date(1793750399) == "Tue, 3 Nov 2026 23:59:59 +0000");
    CHECK(report::mail_date(0) == "Thu, 1 Jan 1970 00:00:00 +0000");
    CHECK(report::mail_date(-1) == report::mail_date(0));
    CHECK(report::plain_date(1793664000) == "2026-11-03 00:00:00 UTC");
    CHECK(report::plain_date(std::int64_t{1} << 60U) == "9999-12-31 23:59:59 UTC");
}

TEST_CASE("who a mail is from") {
    CHECK(report::mailbox("", us()) == "<reports@harbour.example>");
    CHECK(report::mailbox("Harbour", us()) == "\"Harbour\" <reports@harbour.example>");
    CHECK(report::mailbox("Harbour, Inc.", us()) == "\"Harbour, Inc.\" <reports@harbour.example>");
    CHECK(report::mailbox("a\"b", us()) == "=?utf-8?B?YSJi?= <reports@harbour.example>");
    CHECK(report::mailbox("ceo@victim.test", us()) ==
          "=?utf-8?B?Y2VvQHZpY3RpbS50ZXN0?= <reports@harbour.example>");
    CHECK(report::mailbox("B\xc3\xbcro", us()) == "=?utf-8?B?QsO8cm8=?= <reports@harbour.example>");
    CHECK(report::mailbox(std::string(60, 'a'), us()) ==
          "\"" + std::string(60, 'a') + "\"\r\n <reports@harbour.example>");
    CHECK(report::mailbox("a\r\nBcc: v", us()) == "\"a??Bcc: v\" <reports@harbour.example>");
}

TEST_CASE("a subject of others") {
    CHECK(report::unstructured("Hello", 100) == "Hello");
    CHECK(report::unstructured("a\r\nBcc: b", 100) == "a??Bcc: b");
    CHECK(report::unstructured("\xe2\x80\xae", 100) == "?");
    CHECK(report::unstructured("=?utf-8?Q?x?=", 100) == "=?utf-8?B?PT91dGYtOD9RP3g/PQ==?=");
    CHECK(report::unstructured(std::string(70, 'a') + " b c", 100) == std::string(70, 'a') + "\r\n b c");
}

TEST_CASE("a parameter stands whole in its line") {
    CHECK(report::parameter("filename", "a!b.xml.gz") == ";\r\n filename=\"a!b.xml.gz\"");
    CHECK(report::parameter("filename", std::string(130, 'a')) ==
          ";\r\n filename=\"" + std::string(130, 'a') + "\"");
}

TEST_CASE("base64 has lines of 76") {
    CHECK(report::base64_lines("") == "");
    CHECK(report::base64_lines("abc") == "YWJj\r\n");
    CHECK(report::base64_lines(std::string(58, '\0')) == std::string(76, 'A') + "\r\nAA==\r\n");
}

TEST_CASE("whatever a text holds, it stays within its field") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(3000); left > 0; --left) {
        const std::string text = hostile.next();
        CAPTURE(text);
        CHECK(is_one_field(report::mailbox(text, us())));
        const std::string body = report::unstructured(text, 300);
        CHECK(is_one_field(body));
        CHECK(message::decode_encoded_words(body).find_first_of("\x1b\x07") == std::string::npos);
    }
}
