#include "milter/tool/compare/made_up.h"

#include <fmt/format.h>

#include <array>

namespace milter::tool::compare {

namespace {

constexpr std::string_view stranger = "eve@foreign.example";

enum class Author : std::uint8_t { own, below, capitals, foreign };

struct Kind {
    std::string_view name;
    std::optional<Way> way;
    Author author;
    std::string_view head; // {0}: the author's address, {1}: the number
    std::string_view body;
    bool comes_back = false;
    bool is_bounce = false;
};

constexpr auto in = std::optional(Way::inbound);
constexpr auto out = std::optional(Way::outbound);

constexpr std::string_view plain_head =
    "From: Ann Example <{0}>\nTo: bob@elsewhere.example\nSubject: Message {1}\n"
    "Date: Thu, 1 Jan 2026 00:00:00 +0000\nMessage-ID: <{1}@made.up.example>\n";
constexpr std::string_view signed_elsewhere =
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=foreign.example; s=none;\n"
    "\th=from:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=bm8gc2lnbmF0dXJl\n";
constexpr std::string_view two_parts =
    "--=_b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    "Gr=C3=BC=C3=9Fe\n--=_b\nContent-Type: text/html; charset=us-ascii\n\n<p>Hello</p>\n--=_b--\n";
constexpr std::string_view hello = "Hello.\n";

const std::array kinds{
    Kind{"plain", {}, Author::own, plain_head, hello},
    Kind{"comes back", out, Author::own, plain_head, hello, true},
    Kind{"from a subdomain",
         {},
         Author::below,
         "From: {0}\nTo: bob@elsewhere.example\nSubject: below {1}\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n",
         hello},
    Kind{"a domain in capitals",
         {},
         Author::capitals,
         "From: <{0}>\nTo: bob@elsewhere.example\nSubject: {1}\n",
         hello},
    Kind{"several parts", out, Author::own,
         "From: {0}\nTo: bob@elsewhere.example\nCc: carol@elsewhere.example,\n dave@elsewhere.example\n"
         "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= {1}\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n"
         "Message-ID: <{1}@made.up.example>\nMIME-Version: 1.0\nContent-Type: multipart/alternative;\n"
         "\tboundary=\"=_b\"\nUser-Agent: none\n",
         two_parts},
    Kind{"eight bits",
         {},
         Author::own,
         "From: Zo\xc3\xab <{0}>\nTo: bob@elsewhere.example\nSubject: Gr\xc3\xbc\xc3\x9f\x65 {1}\n"
         "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
         "Gr\xc3\xbc\xc3\x9f\x65\n"},
    Kind{"of a mailing list",
         {},
         Author::own,
         "From: {0}\nTo: talk@lists.example\nSender: talk-bounces@lists.example\nReply-To: "
         "talk@lists.example\n"
         "List-Id: Talk <talk.lists.example>\nList-Post: <mailto:talk@lists.example>\n"
         "List-Unsubscribe: <mailto:leave@lists.example>\nSubject: [talk] {1}\nIn-Reply-To: "
         "<0@made.up.example>\n"
         "References: <0@made.up.example>\nPrecedence: list\n",
         "Hello.\n-- \ntalk\n"},
    Kind{"folded and long", out, Author::own,
         "From:\n\tAnn Example\n  <{0}>\nTo: a0000000000000000000000000000000@elsewhere.example,\n"
         "\tb0000000000000000000000000000000@elsewhere.example,\n\tc00000000000000000000@elsewhere.example\n"
         "Subject:  a long   subject\n\twith\t tabs and a\n number {1}   \nX-Own: 1\n",
         hello},
    Kind{"blanks and empty lines at the end", out, Author::own, plain_head,
         "Hello.  \t \n\t\nagain  \n\n\n\n"},
    Kind{"no body", out, Author::own, plain_head, ""},
    Kind{"no line end", out, Author::own, plain_head, "Hello."},
    Kind{"next to nothing in the header", out, Author::own, "From: {0}\nSubject: {1}\n", hello},
    Kind{"sent again", out, Author::own,
         "Resent-From: {0}\nResent-To: x@elsewhere.example\nResent-Date: Thu, 1 Jan 2026 00:00:00 +0000\n"
         "From: {0}\nTo: bob@elsewhere.example\nSubject: again {1}\nBcc: y@elsewhere.example\n",
         hello},
    Kind{"two authors of one domain", out, Author::own,
         "From: {0}, Second <{0}>\nSender: {0}\nTo: bob@elsewhere.example\nSubject: {1}\n", hello},
    Kind{"from a stranger inside", out, Author::foreign, plain_head, hello},
    Kind{"from a stranger", in, Author::foreign, plain_head, hello},
    Kind{"from a stranger, with a signature of no key", in, Author::foreign, plain_head, hello},
    Kind{"a bounce", in, Author::foreign,
         "From: MAILER-DAEMON <{0}>\nTo: bob@here.example\nSubject: Undelivered {1}\nAuto-Submitted: "
         "auto-replied\n",
         hello, false, true},
    Kind{"of a stranger's list", in, Author::foreign,
         "From: {0}\nTo: talk@lists.example\nList-Id: <talk.lists.example>\nSubject: [talk] {1}\n", hello},
    Kind{"no author", in, Author::foreign, "To: bob@here.example\nSubject: {1} of nobody\n", hello},
    Kind{"two From fields", {}, Author::own, "From: {0}\nFrom: eve@foreign.example\nSubject: {1}\n", hello},
    Kind{"authors of two domains", {}, Author::own, "From: {0}, eve@foreign.example\nSubject: {1}\n", hello},
    Kind{"another address in a comment",
         {},
         Author::own,
         "From: {0} (eve@foreign.example)\nSubject: {1}\n",
         hello},
};

std::string address(Author author, const std::string& domain) {
    std::string capitals = domain;
    switch (author) {
    case Author::own:
        return "ann@" + domain;
    case Author::below:
        return "ann@below." + domain;
    case Author::capitals:
        for (char& c : capitals) {
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        return "Ann@" + capitals;
    case Author::foreign:
        break;
    }
    return std::string(stranger);
}

} // namespace

Sample make_up(std::size_t number, const std::vector<std::string>& domains) {
    const Kind& kind = kinds.at(number % kinds.size());
    const std::size_t round = number / kinds.size();
    const std::string domain = domains.empty() ? "example.org" : domains[round % domains.size()];
    const std::string author = address(kind.author, domain);
    Sample sample{.name = fmt::format("{} ({})", number + 1, kind.name)};
    sample.is_made_up = true;
    sample.way = kind.way;
    sample.comes_back = kind.comes_back;
    sample.sender = kind.is_bounce ? "<>" : author;
    if (kind.name.ends_with("no key")) {
        sample.text = signed_elsewhere;
    }
    sample.text += fmt::format(fmt::runtime(kind.head), author, number + 1);
    sample.text += fmt::format("\n{}", kind.body);
    return sample;
}

} // namespace milter::tool::compare
