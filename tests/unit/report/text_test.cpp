#include "report/text.h"

#include "support/catch.h"
#include "support/hostile_text.h"

#include <string>

TEST_CASE("text of others in a report") {
    struct Case {
        const char* name;
        std::string text;
        std::size_t limit;
        const char* expected;
    };
    const Case cases[] = {
        {"plain", "body hash did not verify", 100, "body hash did not verify"},
        {"what XML escapes", "<&>\"'", 100, "<&>\"'"},
        {"a line break", "a\r\nb", 100, "a??b"},
        {"NUL, BEL, DEL", std::string("\0\7\x7f", 3), 100, "???"},
        {"C1 controls", "\xc2\x85\xc2\x9b", 100, "??"},
        {"UTF-8",
         "b\xc3\xbc"
         "cher",
         100,
         "b\xc3\xbc"
         "cher"},
        {"Latin-1",
         "b\xfc"
         "cher",
         100, "b?cher"},
        {"a surrogate", "\xed\xa0\x80", 100, "???"},
        {"what is no character", "\xef\xbf\xbe\xef\xbf\xbf", 100, "??"},
        {"beyond the first plane", "\xf0\x9f\x93\xac", 100, "\xf0\x9f\x93\xac"},
        {"from right to left",
         "a\xe2\x80\xae"
         "b\xe2\x81\xa6"
         "c\xd8\x9c",
         100, "a?b?c?"},
        {"line and paragraph separator", "\xe2\x80\xa8\xe2\x80\xa9", 100, "??"},
        {"a byte order mark",
         "\xef\xbb\xbf"
         "a",
         100, "?a"},
        {"too long", "abcdef", 3, "abc"},
        {"cut between characters", "ab\xc3\xbc", 3, "ab"},
        {"nothing", "", 10, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(report::clean(c.text, c.limit) == c.expected);
    }
}

TEST_CASE("clean text is left alone") {
    test::HostileText hostile;
    CAPTURE(hostile.seed());
    for (std::size_t left = test::rounds(2000); left > 0; --left) {
        const std::size_t limit = hostile.below(300);
        const std::string cleaned = report::clean(hostile.next(), limit);
        CHECK(cleaned.size() <= limit);
        CHECK(report::is_clean(cleaned, limit));
        CHECK(cleaned.find_first_of("\r\n") == std::string::npos);
    }
}
