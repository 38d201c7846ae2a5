#include "message/fragile.h"
#include "support/catch.h"

#include <string>
#include <vector>

namespace {

using message::BodyTraits;
using message::Fragility;

BodyTraits scanned(std::string_view body, std::size_t piece) {
    message::BodyScan scan;
    for (std::size_t at = 0; at < body.size(); at += piece) {
        scan.update(body.substr(at, piece));
    }
    return scan.finish();
}

// Octet by octet, and with no state but the whole text.
BodyTraits plainly(const std::string& body) {
    BodyTraits traits;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= body.size(); ++i) {
        if (i == body.size() || body[i] == '\n') {
            const bool has_cr = i > begin && body[i - 1] == '\r';
            traits.long_line = traits.long_line || i - begin - (has_cr ? 1 : 0) > 998;
            traits.stray_line_break = traits.stray_line_break || (i < body.size() && !has_cr);
            begin = i + 1;
        }
        if (i < body.size()) {
            traits.eight_bit = traits.eight_bit || static_cast<unsigned char>(body[i]) > 127;
            traits.nul = traits.nul || body[i] == '\0';
            traits.stray_line_break =
                traits.stray_line_break || (body[i] == '\r' && (i + 1 == body.size() || body[i + 1] != '\n'));
        }
    }
    return traits;
}

const std::vector<std::string> present{"To", "Cc", "Reply-To", "Sender", "Resent-To", "X", "Y", "subject"};

std::vector<Fragility> kinds(const std::string& fields, const std::string& body = "x\r\n",
                             const std::vector<std::string>& sworn_absent = {}) {
    message::HeaderList headers;
    std::size_t begin = 0;
    for (std::size_t end = fields.find('\n'); end != std::string::npos; end = fields.find('\n', begin)) {
        headers.add(message::HeaderField::from_text(fields.substr(begin, end - begin)));
        begin = end + 1;
    }
    return message::find_fragile(headers, scanned(body, 7),
                                 {.where_present = present, .also_absent = sworn_absent}, false);
}

} // namespace

TEST_CASE("what is fragile in a body is found wherever it is cut") {
    const std::string line(998, 'x');
    const std::string text = "text of a line\r\n";
    const auto nul = std::string(1, '\0');
    const std::vector<std::string> bodies{"",
                                          "\r\n",
                                          "\r",
                                          "\n",
                                          "a\rb\r\n",
                                          "a\nb\r\n",
                                          "a\r\r\n",
                                          "a\r\n\n",
                                          "a\r",
                                          nul,
                                          "a" + nul + "\r\n",
                                          "gr\xc3\xbc\xc3\x9f"
                                          "e\r\n",
                                          "\x80",
                                          "\x7f\r\n",
                                          line,
                                          line + "\r\n",
                                          line + "\r",
                                          line + "x",
                                          line + "x\r\n",
                                          line + "\n",
                                          line + "x\n",
                                          text + line + "\r\n" + text,
                                          text + line + "x\r\n" + text,
                                          text + line + "\r" + line + "\r\n",
                                          std::string(5000, 'x')};
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        for (const std::size_t before : {0U, 1U, 15U, 16U, 31U, 32U, 62U, 63U, 64U, 200U}) {
            std::string body;
            for (std::size_t n = 0; n < before; n += 4) {
                body += "ab\r\n";
            }
            body.append(before % 4, 'c').append(bodies[i]);
            CAPTURE(i, before);
            for (const std::size_t piece : {1U, 7U, 64U, 65U, 100000U}) {
                CAPTURE(piece);
                CHECK(scanned(body, piece) == plainly(body));
            }
        }
    }
}

TEST_CASE("each kind of what is changed on the way is found, and nothing else") {
    const std::string good = "From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: x\n";
    struct Case {
        const char* name;
        std::string fields;
        std::string body;
        std::vector<Fragility> expected;
    };
    const std::string line(998, 'x');
    const auto cases = std::vector<Case>{
        {"nothing", good, "x\r\n", {}},
        {"a line of 998 octets", good, line + "\r\n", {}},
        {"a longer one", good, line + "x\r\n", {Fragility::long_body_line}},
        {"8-bit text", good, "\xc3\xbc\r\n", {Fragility::eight_bit_body}},
        {"a lone LF", good, "a\nb\r\n", {Fragility::stray_line_break}},
        {"NUL", good, std::string("a\0b\r\n", 5), {Fragility::nul}},
        {"a line of the header of 998 octets", good + "X: " + line.substr(3) + "\n", "x\r\n", {}},
        {"a longer one of the header", good + "X: " + line + "\n", "x\r\n", {Fragility::long_header_line}},
        {"8-bit text in the header", good + "X: \xc3\xbc\n", "x\r\n", {Fragility::eight_bit_header}},
        {"in a field that is not signed", good + "X-Other: " + line + "\xc3\xbc\n", "x\r\n", {}},
        {"in From, which always is",
         "From: \xc3\xbc <ann@example.org>\n",
         "x\r\n",
         {Fragility::eight_bit_header}},
        {"several at once, each once",
         good + "X: \xc3\xbc\nY: \xc3\xbc\n",
         line + line + "\xc3\xbc\n",
         {Fragility::long_body_line, Fragility::eight_bit_body, Fragility::eight_bit_header,
          Fragility::stray_line_break}},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        CHECK(kinds(c.fields, c.body) == c.expected);
    }
    message::HeaderList folded;
    folded.add(message::HeaderField("X", " " + line.substr(10) + "\r\n " + line.substr(10)));
    CHECK(message::find_fragile(folded, {}, {present, {}}, false).empty());
    folded.add(message::HeaderField("X", " a\r\n " + line));
    CHECK(message::find_fragile(folded, {}, {present, {}}, false) ==
          std::vector{Fragility::long_header_line});
}

TEST_CASE("an address without a domain is found in an address list") {
    struct Case {
        const char* body;
        bool is_incomplete;
    };
    const Case cases[] = {
        {"bob", true},
        {"bob@example.net", false},
        {"bob@example.net, carol", true},
        {"carol, bob@example.net", true},
        {"Bob <bob>", true},
        {"<bob>, ann@example.org", true},
        {"Bob <bob@example.net>, \"Carol, too\" <carol@example.net>", false},
        {"bob@example.net (home, not work)", false},
        {"bob (at @home)", true},
        {"\"bob@home\" <bob>", true},
        {"\"a \\\" , b\" <bob@example.net>", false},
        {"<\"a>b\"@example.net>", false},
        {"undisclosed-recipients:;", false},
        {"undisclosed-recipients: ;", false},
        {"friends: bob@example.net, carol@example.net;", false},
        {"friends: bob@example.net, carol;", true},
        {"<@relay.example,@b.example:bob@example.net>", false},
        {"", false},
        {" , ,", false},
        {"bob@example.net,\r\n carol@example.net", false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.body);
        for (const auto* const name : {"To", "Cc", "Reply-To", "Sender", "Resent-To"}) {
            message::HeaderList headers;
            headers.add(message::HeaderField(name, std::string(" ") + c.body));
            CHECK(message::find_fragile(headers, {}, {present, {}}, false).empty() != c.is_incomplete);
        }
    }
    CHECK(kinds("Subject: bob\n").empty());
}

TEST_CASE("a field that servers add is fragile where a signature says there is none") {
    const std::vector<std::string> sworn{"from", "date"};
    CHECK(kinds("From: a@example.org\n", "", sworn) == std::vector{Fragility::missing_field});
    CHECK(kinds("From: a@example.org\nDate: x\n", "", sworn).empty());
    CHECK(kinds("From: a@example.org\n", "", {"from", "subject"}).empty());
    CHECK(kinds("From: a@example.org\nDate: x\n", "", {"Message-Id"}) ==
          std::vector{Fragility::missing_field});
}

TEST_CASE("the words for several kinds name each remedy once") {
    const auto words = message::in_words({Fragility::long_body_line, Fragility::eight_bit_body});
    CHECK(words ==
          "a line of the body is longer than 998 octets; 8-bit text in the body, which is recoded for a "
          "server without 8BITMIME (have the program that writes it encode the text as quoted-printable "
          "or base64)");
}

TEST_CASE("addresses that Sendmail writes in another way are fragile behind Sendmail alone") {
    struct Case {
        const char* body;
        bool is_relaid; // as Sendmail 8.17 was seen to do
    };
    const Case cases[] = {
        {"a@example.net,b@example.net", true},
        {"a@example.net , b@example.net", true},
        {"a@example.net, b@example.net", false},
        {"a@example.net,\r\n\tb@example.net", false},
        {"a@example.net,", true},
        {"Bob<b@example.net>", false},
        {"Bob <b@example.net>", false},
        {"\"Bob\"  <b@example.net>", false},
        {"Bob < b@example.net >", true},
        {"b@example.net (Bob)", false},
        {"b@example.net(Bob)", true},
        {"(Bob) b@example.net", false},
        {"b @example.net", true},
        {"<@x.example:b@example.net>", true},
        {"Dr. Bob <b@example.net>", true},
        {"\"Dr. Bob\" <b@example.net>", false},
        {"b.b@example.net (Dr. Bob, too)", false},
        {"\"a,b\" <a@example.net>, (x,y) b@example.net", false},
        {"friends: a@example.net, b@example.net;", false},
        {"undisclosed-recipients:;", false},
        {"", false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.body);
        message::HeaderList headers;
        headers.add(message::HeaderField("Cc", std::string(" ") + c.body));
        CHECK(message::find_fragile(headers, {}, {present, {}}, true).empty() != c.is_relaid);
        CHECK(message::find_fragile(headers, {}, {present, {}}, false).empty());
        CHECK(message::find_fragile(headers, {}, {{}, {}}, true).empty()); // it is not signed
    }
}
