#include "milter/summary.h"

#include "milter/log/logger.h"
#include "support/catch.h"
#include "support/memory_logger.h"

#include <set>

TEST_CASE("values in a log line cannot look like another pair") {
    struct Case {
        const char* name;
        std::string_view value;
        const char* expected;
    };
    const Case cases[] = {
        {"plain", "example.org", "example.org"},
        {"empty", "", "\"\""},
        {"blank", "a b", "\"a b\""},
        {"a pair", "x dmarc=pass", "\"x dmarc=pass\""},
        {"a quote that would end the value", "x\" dmarc=pass", "\"x' dmarc=pass\""},
        {"a line end", "a\r\nb", "\"a\\x0d\\x0ab\""},
        {"an escape sequence", "\x1b[31m", "\"\\x1b[31m\""},
        {"eight bit", "\xc3\xa4", "\"\\xc3\\xa4\""},
        {"a backslash", "a\\b", "\"a\\x5cb\""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(milter::log::quote(c.value) == c.expected);
    }
    CHECK(milter::log::quote(std::string(1000, 'a'), 10) == "\"aaaaaaaaaa...\"");
}

TEST_CASE("every line is one line of printable ASCII") {
    test::MemoryLogger logger;
    logger.write(milter::log::Event::internal_error, "4a\nb", "text\r\nMay 1 00:00:00 host sshd: \x01\xff");
    REQUIRE(logger.lines.size() == 1);
    CHECK(logger.lines.front() ==
          "error \"4a\\x0ab\": [INTERNAL] text\\x0d\\x0aMay 1 00:00:00 host sshd: \\x01\\xff");
    logger.write(milter::log::Event::message, "", std::string(100000, 'x'));
    CHECK(logger.lines.back().size() < 5000);
}

TEST_CASE("every event has an identifier of its own and a meaning") {
    std::set<std::string_view> identifiers;
    for (const auto& entry : milter::log::catalogue()) {
        CHECK(identifiers.insert(entry.identifier).second);
        CHECK_FALSE(entry.meaning.empty());
        CHECK(&milter::log::describe(entry.event) == &entry);
    }
}

TEST_CASE("the line of a signed message") {
    milter::Summary summary;
    summary.direction = {milter::Mode::sign, "authenticated as ann", false};
    summary.client = base::IpAddress::parse("192.0.2.1");
    summary.mail_from = "<ann@example.org>";
    summary.signed_by = {"example.org/2026a", "example.org/2026e"};
    CHECK(milter::print(summary) ==
          "mode=sign why=\"authenticated as ann\" client=192.0.2.1 sender=<ann@example.org> "
          "signed=example.org/2026a signed=example.org/2026e dns_ms=0 dns_questions=0");
}

TEST_CASE("the line says what SPF found in error") {
    authenticate::Verdict verdict;
    verdict.sender.mail_from.emplace();
    verdict.sender.mail_from->result = spf::Result::permerror;
    verdict.sender.mail_from->domain = "example.org";
    verdict.sender.mail_from->problem = "more than 10 terms that query the DNS";
    milter::Summary summary;
    summary.verdict = &verdict;
    CHECK(milter::print(summary).find(" spf=permerror spf.mailfrom=example.org "
                                      "spf.reason=\"more than 10 terms that query the DNS\" ") !=
          std::string::npos);
    verdict.sender.mail_from->result = spf::Result::none;
    verdict.sender.mail_from->problem = "MAIL FROM can be read in more than one way";
    verdict.sender.path_problem = "not a domain";
    CHECK(milter::print(summary).find(" spf=none spf.mailfrom=example.org "
                                      "spf.reason=\"MAIL FROM can be read in more than one way\" ") !=
          std::string::npos);
}
