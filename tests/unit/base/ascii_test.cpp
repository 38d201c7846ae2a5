#include "base/ascii.h"

#include "support/catch.h"

#include <string>
#include <string_view>
#include <vector>

using namespace std::string_view_literals;

TEST_CASE("comparisons know ASCII letters only", "[base]") {
    CHECK(base::iequals("From", "fROM"));
    CHECK_FALSE(base::iequals("From", "From "));
    CHECK_FALSE(base::iequals("\xc3\x9c", "\xc3\xbc"));
    CHECK_FALSE(base::iequals("[", "{")); // 0x20 apart, as letters of two cases are
    CHECK(base::istarts_with("IPv6:::1", "ipv6:"));
    CHECK_FALSE(base::istarts_with("IP", "ipv6:"));
    CHECK(base::to_lower("A-Z_\xc3\x9c") == "a-z_\xc3\x9c");
    CHECK(base::all_ascii("a\x7f"));
    CHECK_FALSE(base::all_ascii("a\x80"));
}

TEST_CASE("character classes hold for all 256 octets", "[base]") {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        CAPTURE(i);
        CHECK(base::is_visible(c) == (i > 0x20 && i < 0x7f));
        CHECK(base::is_control(c) == (i < 0x20 || i == 0x7f));
        CHECK(base::is_ascii(c) == (i < 0x80));
        CHECK(base::is_hex(c) == ("0123456789abcdefABCDEF"sv.find(c) != std::string_view::npos));
        CHECK(base::is_alnum(c) ==
              ((i >= '0' && i <= '9') || (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z')));
        CHECK(base::is_wsp(c) == (c == ' ' || c == '\t'));
    }
}

TEST_CASE("trimming takes blanks from both ends only", "[base]") {
    CHECK(base::trim_wsp(" \ta b\t ") == "a b");
    CHECK(base::trim_wsp(" \t") == "");
    CHECK(base::trim_wsp("\r\na") == "\r\na");
    CHECK(base::trim_fws("\r\n a\r\n b \r\n") == "a\r\n b");
    CHECK(base::trim_fws("\r\n") == "");
}

TEST_CASE("splitting keeps empty pieces", "[base]") {
    using Pieces = std::vector<std::string_view>;
    CHECK(base::split("", ',') == Pieces{""});
    CHECK(base::split("a", ',') == Pieces{"a"});
    CHECK(base::split(",a,,b,", ',') == Pieces{"", "a", "", "b", ""});
}

TEST_CASE("printable text is one line of ASCII", "[base]") {
    CHECK(base::printable("plain text") == "plain text");
    CHECK(base::printable("a\r\nb\\\0\x1b\xff"sv) == R"(a\x0d\x0ab\x5c\x00\x1b\xff)");
    CHECK(base::printable("abcdef", 3) == "abc...");
    CHECK(base::printable("abc", 3) == "abc");
    CHECK(base::one_line("a\r\nb\\\0\x1b\xff"sv) == R"(a\x0d\x0ab\\x00\x1b\xff)");
    CHECK(base::one_line(base::printable("\x1b\\")) == base::printable("\x1b\\"));
}
