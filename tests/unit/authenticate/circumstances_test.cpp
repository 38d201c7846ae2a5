#include "authenticate/circumstances.h"

#include "support/catch.h"

#include <string>
#include <string_view>
#include <vector>

using authenticate::find_signs;

namespace {

message::HeaderList headers_of(const std::vector<std::string_view>& fields) {
    message::HeaderList headers;
    for (const auto field : fields) {
        headers.add(message::HeaderField::from_text(field));
    }
    return headers;
}

} // namespace

TEST_CASE("signs that a message was passed on") {
    struct Case {
        std::string_view field;
        std::string_view mail_from;
        std::string_view passed_on;
        bool by_list;
    };
    const std::vector<Case> cases{
        {"Subject: hello", "ann@example.org", "", false},
        {"List-Id: <news.example.org>", "", "List-Id", true},
        {"LIST-POST: NO", "", "List-Post", true},
        {"List-Archive: <https://example.org/>", "", "List-Archive", true},
        {"List-Unsubscribe: <https://example.org/>", "", "", false}, // any newsletter has it
        {"Mailing-List: contact x", "", "Mailing-List", true},
        {"X-BeenThere: news@example.org", "", "X-BeenThere", true},
        {"Precedence: List", "", "Precedence", true},
        {"Precedence: bulk", "", "", false},
        {"Precedence: listless", "", "", false},
        {"Resent-From: bob@example.com", "", "Resent-From", false},
        {"ARC-Seal: i=1; a=rsa-sha256", "", "ARC-Seal", false},
        {"X-Forwarded-To: bob@example.com", "", "X-Forwarded-To", false},
        {"X-MS-Exchange-ForwardingLoop: bob@example.com", "", "X-MS-Exchange-ForwardingLoop", false},
        {"Delivered-To: bob@example.com", "", "Delivered-To", false},
        {"Subject: x", "SRS0=abcd=AA=example.org=ann@example.net", "a sender rewritten by SRS", false},
        {"Subject: x", "<srs1+x=y==z@example.net>", "a sender rewritten by SRS", false},
        {"Subject: x", "bob+caf_=ann=example.org@example.net", "a sender of automatic forwarding", false},
        {"Subject: x", "news-bounces@example.net", "a list's bounce address", true},
        {"Subject: x", "news-bounces+ann=example.org@example.net", "a list's bounce address", true},
        {"Subject: x", "owner-news@example.net", "a list's bounce address", true},
        {"Subject: x", "prvs=1234abcdef=ann@example.org", "", false}, // the sender's own
        {"Subject: x", "srs0rry@example.org", "", false},
        {"Subject: x", "<>", "", false},
        {"X-List-Id: x", "", "", false},
    };
    for (const Case& c : cases) {
        CAPTURE(c.field, c.mail_from);
        const auto signs = find_signs(headers_of({c.field}), std::string(c.mail_from));
        CHECK(signs.passed_on == c.passed_on);
        CHECK(signs.by_list == c.by_list);
    }
    CHECK(find_signs(headers_of({"ARC-Seal: x", "List-Id: <a.b>"}), "").by_list); // the list says more
}

TEST_CASE("which list a message came by") {
    struct Case {
        std::string field;
        std::string_view list_id;
        std::string_view list_post;
    };
    const std::vector<Case> cases{
        {"List-Id: <News.Example.org>", "news.example.org", ""},
        {"List-Id: Our News\r\n\t<news.example.org>", "news.example.org", ""},
        {"List-Id: news.example.org", "", ""},
        {"List-Id: <news", "", ""},
        {"List-Id: > <", "", ""},
        {"List-Id: <a b>", "", ""},
        {"List-Id: <a\r\n b>", "", ""},
        {"List-Id: <b\xC3\xBC>", "", ""},
        {"List-Id: " + std::string(2000, 'x') + "<news.example.org>", "", ""},
        {"List-Post: <mailto:News@example.org>", "", "news@example.org"},
        {"List-Post: <MAILTO:news@example.org?subject=x>", "", "news@example.org"},
        {"List-Post: <https://example.org/>", "", ""},
        {"List-Post: <mailto:>", "", ""},
        {"List-Post: <>", "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.field.substr(0, 60));
        const auto signs = find_signs(headers_of({c.field}), "");
        CHECK(signs.list_id == c.list_id);
        CHECK(signs.list_post == c.list_post);
    }
    CHECK(find_signs(headers_of({"List-Id: <top.example>", "List-Id: <below.example>"}), "").list_id ==
          "top.example");
}
