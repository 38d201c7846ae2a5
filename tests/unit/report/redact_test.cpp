#include "report/redact.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include <algorithm>
#include <array>
#include <string>

namespace {

const report::Redactor& redactor() {
    static const report::Redactor one("a secret of the site");
    return one;
}

std::string word(std::string_view local_part, std::string_view domain = "example.org") {
    return redactor().word(local_part, domain);
}

message::HeaderList headers(std::initializer_list<std::pair<const char*, std::string>> fields) {
    message::HeaderList list;
    for (const auto& [name, body] : fields) {
        list.add(message::HeaderField(name, body));
    }
    return list;
}

// Lines of ASCII, none of them longer than a mail may have.
bool is_plain(const std::string& block) {
    std::size_t line = 0;
    for (std::size_t at = 0; at < block.size(); ++at) {
        const bool end = block.compare(at, 2, "\r\n") == 0;
        line = end ? 0 : line + 1;
        if (line == 998 || (!end && (block[at] < 0x20 || block[at] >= 0x7f))) {
            return false;
        }
        at += end ? 1 : 0;
    }
    return true;
}

} // namespace

TEST_CASE("a local-part becomes a word of this site") {
    CHECK(word("ann").size() == 16);
    CHECK(word("ann") == word("Ann"));
    CHECK(word("ann") != word("anne"));
    CHECK(word("ann") == word("ann", "EXAMPLE.org"));
    CHECK(word("ann") != word("ann", "example.net")); // who has one domain has no dictionary for another
    CHECK(report::Redactor("another secret").word("ann", "example.org") != word("ann"));
}

TEST_CASE("paths") {
    CHECK(redactor().path("<ann@example.org>") == "<" + word("ann") + "@example.org>");
    CHECK(redactor().path("<>") == "<>");
    CHECK(redactor().path("ann") == "<>");
    CHECK(redactor().path("<ann@exa\r\nmple>") == "<>");
}

TEST_CASE("addresses in text") {
    CHECK(redactor().text("to ann@example.org!") == "to " + word("ann") + "@example.org!");
    CHECK(redactor().text("a@b@c") == word("a", "b") + "@" + word("b", "c") + "@c");
    CHECK(redactor().text("@ alone") == "@ alone");
    CHECK(redactor().text("see https://x.example") == "see hxxps://x.example");
    CHECK(redactor().text("HTTP://x") == "hxxp://x");
}

TEST_CASE("one address has one word, however it is written") {
    for (const char* written :
         {"ann.b@example.org", "\"ann.b\"@example.org", "ann.b(comment)@example.org", "ann.b @example.org",
          "ann.b (a (b) c) @example.org", "\"an\\n.b\" @example.org", "ann . b@example.org",
          "\"ann\".b@example.org", "ann(c).(c)b@example.org", "ANN.B@EXAMPLE.ORG"}) {
        CAPTURE(written);
        const std::string text = redactor().text(written);
        CHECK(text.substr(0, text.find('@')) == word("ann.b"));
    }
    const auto from = redactor().header(headers({{"From", " \"ann b\"@example.org"}}));
    CHECK(from == "From: <" + word("ann b") + "@example.org>\r\n");
    CHECK(redactor().text("\"ann b\"@example.org") == word("ann b") + "@example.org");
}

TEST_CASE("no form of an address tells its local-part") {
    for (const char* written : {"\"a\\\"secret\"@x.test",
                                "\"secret\" @y.test",
                                "mailto:secret%40x.test",
                                "secret=40x.test",
                                "secret&#64;x.test",
                                "secret\xef\xbc\xa0x.test",
                                "secret&#x40;x.test",
                                "secret\xef\xb9\xabx.test",
                                "secret+AEA-x.test",
                                "secret)@x.test",
                                "secret>@x.test",
                                "secret;@x.test",
                                "secret(@x.test)@x.test",
                                "\"secret\\\"@x.test",
                                "secret\"@x.test",
                                "sec\"secret\"@x.test",
                                "http://secret:word@x.test/",
                                "secret\r\n @x.test",
                                "secret .\ta. b@x.test",
                                "secret\\)@x.test",
                                "(secret\\) @x.test",
                                "secret (\\) x) @x.test",
                                "\"secret \"x\\\"@x.test",
                                "(c) secret ((\\)) @x.test"}) {
        CAPTURE(written);
        CHECK(redactor().text(written).find("secret") == std::string::npos);
    }
    CHECK(redactor().text("mailto:ann%40example.org") == "mailto:" + word("ann") + "%40example.org");
}

TEST_CASE("where a subject is cut, no half of an address stays") {
    const auto shown = [](const std::string& subject) {
        return redactor().subject(headers({{"Subject", " " + subject}}));
    };
    for (std::size_t before = 150; before < 3100; before += 7) {
        CAPTURE(before);
        const std::string blanks(before, ' ');
        const std::string words = "for " + std::string(before, 'x') + " ";
        for (const std::string& begin : {words, "for " + blanks, std::string(before, 'x') + " \t "}) {
            const auto text = shown(begin + "bob.secretuser.of.clinic@clinic.example and more");
            CHECK(text.find("secret") == std::string::npos);
            CHECK(text.size() <= 200);
        }
    }
    CHECK(shown("for " + std::string(5000, ' ') + "ann@example.org") ==
          "for " + word("ann") + "@example.org");
    CHECK(shown(std::string(5000, 'x')).empty());
    CHECK(shown("=?utf-8?q?" + std::string(190, 'x') + "_secretuser=40clinic.example?=").find("secret") ==
          std::string::npos);
}

TEST_CASE("a signature is passed on without what its signer added") {
    const auto shown = [](const std::string& body) {
        return redactor().header(headers({{"DKIM-Signature", body}}));
    };
    const std::string copied =
        " v=1; a=rsa-sha256; d=Orchard.example; s=s1; i=ann=40b@orchard.example; r=y;\r\n"
        "\tz=From:=22Ann=20Smith=22=20<ann=40orchard.example>|To:bob=40clinic.example;\r\n"
        "\th=From : To; bh=QUJD; b=QUJD\r\n\tREVG";
    CHECK(shown(copied) == "DKIM-Signature: v=1; a=rsa-sha256; d=orchard.example; s=s1;\r\n i=" +
                               word("ann@b", "orchard.example") + "@orchard.example;" +
                               " h=From:To; bh=QUJD; b=QUJDREVG\r\n");
    CHECK(shown(" v=1; s=bob@clinic.example; d=bob=40clinic.example; h=bob@x; b=@; i=bob") ==
          "DKIM-Signature: v=1\r\n");
    CHECK(shown(" z=a") == "DKIM-Signature: (not readable)\r\n");
    CHECK(shown(" Bob Miller") == "DKIM-Signature: (not readable)\r\n");
    const std::string text = shown(" v=1; h=" + std::string(300, 'a') + ":b:c; b=" + std::string(700, 'A'));
    CHECK(is_plain(text));
    CHECK(text.find("\r\n " + std::string(64, 'A')) != std::string::npos);
    CHECK(shown(" v=1; b=" + std::string(2001, 'A')) == "DKIM-Signature: v=1\r\n");
    for (const char* tag : {"v", "a", "c", "d", "s", "i", "q", "t", "x", "l", "h", "bh", "b"}) {
        CAPTURE(tag); // a line that is too long would be no report, to the good of whoever forges mail
        CHECK(is_plain(shown(std::string(" z=1; ") + tag + "=" + std::string(1990, '1'))));
        CHECK(is_plain(shown(std::string(" z=1; ") + tag + "=a@" + std::string(1500, '1') + ".test")));
    }
}

TEST_CASE("a Date and a Message-ID tell nothing else") {
    CHECK(redactor().header(headers({{"Date", " Tue, 3 Nov 2026 23:59:59 +0000 (ann@home)"}})) ==
          "Date: Tue, 3 Nov 2026 23:59:59 +0000\r\n");
    CHECK(redactor().header(headers({{"Date", " ann@home"}})) == "Date: (not readable)\r\n");
    CHECK(redactor().header(headers({{"Message-ID", " (Ann) <ann smith@home.example> Ann"}})) ==
          "Message-ID: <" + word("ann smith", "home.example") + "@home.example>\r\n");
    CHECK(redactor().header(headers({{"Message-ID", " Ann Smith"}})) ==
          "Message-ID: <" + word("Ann Smith", "") + ">\r\n");
}

TEST_CASE("the header that is passed on") {
    const auto all = headers({{"Received", " from laptop.home (ann@home)"},
                              {"From", " Ann Smith <ann@example.org>, b@x.example"},
                              {"To", " bob@harbour.example"},
                              {"Subject", " =?utf-8?B?Ym9iQGV4YW1wbGUub3JnIG93ZXM=?= http://x"},
                              {"Date", " Tue, 3 Nov 2026 23:59:59 +0000"},
                              {"Message-ID", " <1.ann@example.org>"},
                              {"X-Customer", " 4711"},
                              {"DKIM-Signature", " v=1; i=ann@example.org;\r\n\tb=AbC="}});
    CHECK(redactor().header(all) ==
          "From: <" + word("ann") + "@example.org>,\r\n <" + word("b", "x.example") + "@x.example>\r\n" +
              "Subject: " + word("bob") + "@example.org owes hxxp://x\r\n" +
              "Date: Tue, 3 Nov 2026 23:59:59 +0000\r\n" + "Message-ID: <" + word("1.ann") +
              "@example.org>\r\n" + "DKIM-Signature: v=1; i=" + word("ann") + "@example.org; b=AbC=\r\n");
}

TEST_CASE("of very many authors and fields some are shown") {
    std::string many = " a0@example.org";
    message::HeaderList subjects;
    for (int i = 1; i < 100; ++i) {
        many += ", a" + std::to_string(i) + "@example.org";
        subjects.add(message::HeaderField("Sender", " a@example.org"));
    }
    const auto from = redactor().header(headers({{"From", many}}));
    CHECK(std::count(from.begin(), from.end(), '@') == 10);
    const auto block = redactor().header(subjects);
    CHECK(std::count(block.begin(), block.end(), '@') == 40);
}

TEST_CASE("a From that cannot be read is not shown") {
    CHECK(redactor().header(headers({{"From", " Ann Smith ann at home"}})) == "From: (not readable)\r\n");
    CHECK(redactor().header(headers({{"From", " nobody:;"}})) == "From: (nobody)\r\n");
}

TEST_CASE("whatever a message holds, nothing but fields of ASCII comes out, and no local-part") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    constexpr std::array<const char*, 8> forms = {
        "secretuser@",   "\"secretuser\" @",  "secretuser(c) @", "\"a\\\"secretuser\"@",
        "secretuser%40", "secretuser . b\t@", "secretuser=40",   "\"secretuser\".b@"};
    for (std::size_t left = test::rounds(1000); left > 0; --left) {
        const std::string address = forms.at(left % forms.size()) + std::string("victim.test");
        const auto all = headers({{"From", hostile.next()},
                                  {"Subject", hostile.next() + " " + address + " " + hostile.next()},
                                  {"Reply-To", " " + address + hostile.name()},
                                  {"Date", hostile.next() + address},
                                  {"DKIM-Signature", "v=1; i=" + address + "; z=" + address + hostile.next()},
                                  {"Message-ID", hostile.next() + address + std::string(2000, 'x')}});
        const std::string block = redactor().header(all);
        CAPTURE(block);
        CHECK(block.find("secretuser") == std::string::npos);
        CHECK(is_plain(block));
    }
}
