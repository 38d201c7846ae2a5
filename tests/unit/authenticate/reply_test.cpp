#include "authenticate/reply.h"

#include "authenticate/disposition.h"
#include "verdict_rows.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using authenticate::Action;
using authenticate::Policy;
using authenticate::ReplyText;
using authenticate::ReplyValues;
using dkim::Cause;

namespace {

bool is_one_safe_line(const std::string& text) {
    return !text.empty() && text.size() <= authenticate::longest_reply_text &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

authenticate::Circumstances circumstances() {
    authenticate::Circumstances known;
    known.client = base::IpAddress::parse("192.0.2.1");
    known.mail_from = "ann@example.org";
    known.queue_id = "4XyZ";
    return known;
}

authenticate::SmtpReply reply_to(const authenticate::Verdict& verdict, const Policy& policy) {
    const auto disposition = authenticate::dispose(verdict, circumstances(), policy, {});
    REQUIRE(disposition.reply);
    return *disposition.reply;
}

} // namespace

TEST_CASE("what an operator writes for a reply is read or refused when the settings are") {
    struct Case {
        std::string text;
        bool read;
        std::string_view enhanced;
    };
    const std::vector<Case> cases{
        {"no", true, ""},
        {"5.7.26 see {domain}", true, "5.7.26"},
        {"{domain}{result}{ip}{queue_id}{explanation}{policy}{sender}", true, ""},
        {"100% sure", true, ""},
        {"550 spam", false, ""}, // it would stand behind the code of the reply
        {"550 5.7.1 no", false, ""},
        {"5.7.1 550 no", false, ""},
        {" 451-later", false, ""},
        {"554", false, ""},
        {"5500 times", true, ""},
        {"100 times", true, ""},
        {"5.7.1000 x", true, ""},
        {"5.7 x", true, ""},
        {"4.7.1 later", false, ""},
        {"2.0.0 fine", false, ""},
        {"5.7.1", true, ""},
        {"5.7.1 ", false, ""},
        {"", false, ""},
        {" ", false, ""},
        {"{doman}", false, ""},
        {"{}", false, ""},
        {"{domain", false, ""},
        {"domain}", false, ""},
        {"{{domain}}", false, ""},
        {"a\r\n250 b", false, ""},
        {"caf\xC3\xA9", false, ""},
        {std::string("a\0b", 3), false, ""},
        {std::string(400, 'x'), true, ""},
        {std::string(401, 'x'), false, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const auto text = ReplyText::parse(c.text);
        REQUIRE(text.has_value() == c.read);
        if (text) {
            CHECK(text->enhanced() == c.enhanced);
        }
    }
    CHECK(ReplyText::parse("see {doman}").error().position == 4);
}

TEST_CASE("placeholders become what they stand for, and the explanation says whose word it is") {
    const ReplyValues values{"example.org", "fail",   "192.0.2.1",      "4XyZ",
                             "go away",     "reject", "ann@example.org"};
    const auto filled = [&values](std::string_view text) { return ReplyText::parse(text)->fill(values); };
    CHECK(filled("{domain} {result} {ip} {queue_id} {policy} {sender}") ==
          "example.org fail 192.0.2.1 4XyZ reject ann@example.org");
    CHECK(filled("no: {explanation}") == "no: example.org explains: go away");
    CHECK(ReplyText::parse("{domain}, {explanation}")->fill({}) == "unknown, no explanation given");
}

TEST_CASE("no value can end the line, leave ASCII or make it too long") {
    const auto all = ReplyText::parse("{domain} {result} {ip} {queue_id} {explanation} {policy} {sender} " +
                                      std::string(300, 'x'));
    REQUIRE(all);
    test::HostileText text;
    CAPTURE(text.seed());
    for (std::size_t round = 0; round < test::rounds(300); ++round) {
        ReplyValues values;
        for (auto value :
             {&ReplyValues::domain, &ReplyValues::result, &ReplyValues::ip, &ReplyValues::queue_id,
              &ReplyValues::explanation, &ReplyValues::policy, &ReplyValues::sender}) {
            values.*value = text.next();
        }
        REQUIRE(is_one_safe_line(all->fill(values)));
        auto verdict = test::with_spf(spf::Result::fail);
        verdict.sender.mail_from->explanation = values.explanation;
        auto known = circumstances();
        known.mail_from = values.sender;
        known.queue_id = values.queue_id;
        Policy policy = test::lenient();
        policy.spf.fail = Action::reject;
        REQUIRE(is_one_safe_line(authenticate::dispose(verdict, known, policy, {}).reply->text));
    }
    const ReplyValues braces{.domain = "{sender}",
                             .result = {},
                             .ip = {},
                             .queue_id = {},
                             .explanation = {},
                             .policy = {},
                             .sender = "ann"};
    CHECK(ReplyText::parse("{domain}")->fill(braces) == "{sender}"); // filled once
}

TEST_CASE("each refusal has the code of RFC 7372 or 5.7.1, for now or for good") {
    const std::vector<std::pair<std::string_view, std::string_view>> codes{
        {"spf-fail", "23"},    {"spf-softfail", "23"},    {"spf-neutral", "23"},
        {"spf-none", "23"},    {"spf-permerror", "24"},   {"spf-temperror", "24"},
        {"helo-fail", "23"},   {"helo-softfail", "23"},   {"helo-neutral", "23"},
        {"helo-none", "23"},   {"helo-permerror", "24"},  {"helo-temperror", "24"},
        {"dkim-none", "20"},   {"dkim-fail", "20"},       {"dkim-no-key", "20"},
        {"dkim-policy", "21"}, {"dkim-permerror", "20"},  {"dkim-temperror", "20"},
        {"iprev-fail", "25"},  {"iprev-permerror", "25"}, {"iprev-temperror", "25"}};
    for (const test::Row& row : test::every_row()) {
        const auto found = std::find_if(codes.begin(), codes.end(),
                                        [&row](const auto& code) { return code.first == row.reason; });
        const std::string detail(found == codes.end() ? "1" : found->second);
        CAPTURE(row.reason);
        for (const Action action : {Action::tempfail, Action::reject}) {
            Policy policy = test::lenient();
            row.action(policy) = action;
            const auto reply = reply_to(row.verdict, policy);
            const bool for_good = action == Action::reject && !row.reason.ends_with("-temperror");
            CHECK(reply.code == (for_good ? "550" : "451"));
            CHECK(reply.enhanced == (for_good ? "5.7." : "4.7.") + detail);
            CHECK(is_one_safe_line(reply.text));
            CHECK(reply.text.find('{') == std::string::npos);
            CHECK(reply.text.find("local policy") == std::string::npos); // each has words of its own
            CHECK(
                (row.ground != authenticate::Ground::dmarc || reply.text.find("DMARC") != std::string::npos));
        }
    }
}

TEST_CASE("a missing signature of the author is told from one that does not pass") {
    Policy policy = test::lenient();
    policy.dkim.require_author_domain = true;
    policy.dkim.none = Action::reject;
    CHECK(reply_to(test::with_dkim({test::signature("example.net", Cause::verified)}), policy).enhanced ==
          "5.7.22");
    CHECK(reply_to(test::with_dkim({test::signature("example.net", Cause::no_key)}), policy).enhanced ==
          "5.7.20");
    CHECK(reply_to(test::with_dkim({}), policy).enhanced == "5.7.20");
}

TEST_CASE("several grounds have the code for several, and DMARC is the one that is told") {
    auto verdict = test::with_dmarc(dmarc::Result::fail, dmarc::Policy::reject);
    verdict.sender.mail_from->result = spf::Result::fail;
    verdict.sender.mail_from->explanation = "ask \"postmaster\"";
    Policy policy = test::lenient();
    policy.spf.fail = Action::reject;
    CHECK(
        reply_to(verdict, policy) ==
        authenticate::SmtpReply{"550", "5.7.23",
                                "SPF: 192.0.2.1 may not send mail for example.org; example.org explains: ask "
                                "\"postmaster\""});
    policy.dmarc.reject = Action::reject;
    CHECK(reply_to(verdict, policy) ==
          authenticate::SmtpReply{"550", "5.7.26", "rejected by DMARC policy for example.org"});
    policy.replies.several = "two reasons, see {queue_id}";
    CHECK(reply_to(verdict, policy) == authenticate::SmtpReply{"550", "5.7.26", "two reasons, see 4XyZ"});
    policy.dmarc.reject = Action::tempfail; // does not lead to the rejection
    CHECK(reply_to(verdict, policy).enhanced == "5.7.23");
}

TEST_CASE("an operator's text and code take the place of the built-in ones") {
    Policy policy = test::lenient();
    policy.spf.fail = Action::reject;
    policy.replies.texts[static_cast<std::size_t>(authenticate::Ground::spf)] = "5.7.999 {result}: {sender}";
    const auto verdict = test::with_spf(spf::Result::fail);
    CHECK(reply_to(verdict, policy) == authenticate::SmtpReply{"550", "5.7.999", "fail: ann@example.org"});
    policy.spf.fail = Action::tempfail;
    CHECK(reply_to(verdict, policy) == authenticate::SmtpReply{"451", "4.7.999", "fail: ann@example.org"});
    policy.replies.texts[static_cast<std::size_t>(authenticate::Ground::spf)] = "only words";
    CHECK(reply_to(verdict, policy) == authenticate::SmtpReply{"451", "4.7.23", "only words"});
    policy.replies.texts[static_cast<std::size_t>(authenticate::Ground::spf)] = "{broken";
    CHECK(reply_to(verdict, policy).text == "SPF: 192.0.2.1 may not send mail for example.org");
}
