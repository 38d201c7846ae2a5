#include "report/redact.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include <string>

namespace {

const report::Redactor& redactor() {
    static const report::Redactor one("a secret of the site");
    return one;
}

std::string word(std::string_view local_part) {
    return redactor().local_part(local_part);
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
    CHECK(report::Redactor("another secret").local_part("ann") != word("ann"));
}

TEST_CASE("paths") {
    CHECK(redactor().path("<ann@example.org>") == "<" + word("ann") + "@example.org>");
    CHECK(redactor().path("<>") == "<>");
    CHECK(redactor().path("ann") == "<>");
    CHECK(redactor().path("<ann@exa\r\nmple>") == "<>");
}

TEST_CASE("addresses in text") {
    CHECK(redactor().text("to ann@example.org!") == "to " + word("ann") + "@example.org!");
    CHECK(redactor().text("<\"ann b\"@example.org>") == "<" + word("\"ann b\"") + "@example.org>");
    CHECK(redactor().text("a@b@c") == word("a") + "@" + word("b") + "@c");
    CHECK(redactor().text("@ alone") == "@ alone");
    CHECK(redactor().text("see https://x.example") == "see hxxps://x.example");
    CHECK(redactor().text("HTTP://x") == "hxxp://x");
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
          "From: <" + word("ann") + "@example.org>,\r\n <" + word("b") + "@x.example>\r\n" +
              "Subject: " + word("bob") + "@example.org owes hxxp://x\r\n" +
              "Date: Tue, 3 Nov 2026 23:59:59 +0000\r\n" + "Message-ID: <" + word("1.ann") +
              "@example.org>\r\n" + "DKIM-Signature: v=1; i=" + word("ann") + "@example.org; b=AbC=\r\n");
}

TEST_CASE("a From that cannot be read is not shown") {
    CHECK(redactor().header(headers({{"From", " Ann Smith ann at home"}})) == "From: (not readable)\r\n");
    CHECK(redactor().header(headers({{"From", " nobody:;"}})) == "From: (nobody)\r\n");
}

TEST_CASE("whatever a message holds, nothing but fields of ASCII comes out, and no local-part") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(1000); left > 0; --left) {
        const auto all = headers({{"From", hostile.next()},
                                  {"Subject", hostile.next() + " secretuser@victim.test " + hostile.next()},
                                  {"Reply-To", " secretuser@" + hostile.name()},
                                  {"Message-ID", hostile.next() + std::string(2000, 'x')}});
        const std::string block = redactor().header(all);
        CHECK(block.find("secretuser@") == std::string::npos);
        CHECK(is_plain(block));
    }
}
