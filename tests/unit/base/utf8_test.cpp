#include "base/utf8.h"

#include "support/catch.h"

#include <string_view>

using namespace std::string_view_literals;

TEST_CASE("UTF-8 is that of RFC 3629", "[base][rfc3629-4]") {
    struct Case {
        const char* what;
        std::string_view text;
        std::size_t length;
    };
    const auto c = GENERATE(values<Case>({
        {"nothing", "", 0},
        {"ASCII", "ab", 1},
        {"NUL", "\0"sv, 1},
        {"the first of two octets", "\xc2\x80", 2},
        {"the last of two octets", "\xdf\xbf", 2},
        {"the first of three octets", "\xe0\xa0\x80", 3},
        {"before the surrogates", "\xed\x9f\xbf", 3},
        {"behind the surrogates", "\xee\x80\x80", 3},
        {"the first of four octets", "\xf0\x90\x80\x80", 4},
        {"U+10FFFF", "\xf4\x8f\xbf\xbf", 4},
        {"beyond U+10FFFF", "\xf4\x90\x80\x80", 0},
        {"a surrogate", "\xed\xa0\x80", 0},
        {"overlong, two octets", "\xc1\xbf", 0},
        {"overlong, three octets", "\xe0\x9f\xbf", 0},
        {"overlong, four octets", "\xf0\x8f\xbf\xbf", 0},
        {"a lead that does not exist", "\xf5\x80\x80\x80", 0},
        {"a stray continuation", "\x80", 0},
        {"cut after one", "\xe2\x82", 0},
        {"a third octet that is none", "\xe2\x82x", 0},
        {"a fourth octet that is none", "\xf0\x90\x80\xc0", 0},
    }));
    INFO(c.what);
    CHECK(base::utf8_length(c.text) == c.length);
}

TEST_CASE("a text is UTF-8 when all of it is", "[base]") {
    CHECK(base::is_utf8(""));
    CHECK(base::is_utf8("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x90\x88z"));
    CHECK_FALSE(base::is_utf8("a\xc3\xbc\xe2\x82"));
    CHECK_FALSE(base::is_utf8("\xfc"));
}
