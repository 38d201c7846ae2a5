#include "tag_list/tag_list.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

std::string parsed(std::string_view text) {
    const auto list = tag_list::TagList::parse(text);
    return list ? tag_list::print(*list) : "refused at " + std::to_string(list.error().position);
}

} // namespace

TEST_CASE("a tag list is read by RFC 6376 3.2", "[rfc6376-3.2]") {
    struct Case {
        std::string name;
        std::string text;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"one tag", "v=1", "v=1"},
        {"a final semicolon", "v=1;", "v=1"},
        {"blanks after the final semicolon", "v=1; \t", "v=1"},
        {"a fold after the final semicolon", "v=1;\r\n ", "v=1"},
        {"blanks everywhere", " v = 1 ; a\t=\trsa ", "v=1; a=rsa"},
        {"folds everywhere", "\r\n v\r\n =\r\n 1\r\n ;\r\n\ta=b", "v=1; a=b"},
        {"a fold of only blanks", "v=1 \r\n \r\n ; a=b", "v=1; a=b"},
        {"blanks inside a value stay", "n=some words  here", "n=some words  here"},
        {"an equals sign inside a value", "b=abc==; p==", "b=abc==; p=="},
        {"an empty value is a value", "p=; v=1", "p=; v=1"},
        {"names differ in case", "a=1; A=2", "a=1; A=2"},
        {"digits and underscores in names", "a_1b2=x", "a_1b2=x"},
        {"8-bit bytes in a value", "i=@\xc3\xa9.example", "i=@\xc3\xa9.example"},
        {"a colon in a value", "h=from:to", "h=from:to"},
        {"nothing", "", "refused at 0"},
        {"only blanks", "  ", "refused at 2"},
        {"only a semicolon", ";", "refused at 0"},
        {"a leading semicolon", ";v=1", "refused at 0"},
        {"an empty tag in the middle", "v=1;;a=b", "refused at 4"},
        {"an empty tag at the end", "v=1; ;", "refused at 5"},
        {"no equals sign", "v", "refused at 1"},
        {"no equals sign before the next tag", "v;a=b", "refused at 1"},
        {"a name that starts with a digit", "1v=1", "refused at 0"},
        {"a name that starts with an underscore", "_v=1", "refused at 0"},
        {"a hyphen in a name", "a-b=1", "refused at 1"},
        {"an 8-bit byte in a name", "\xc3\xa9=1", "refused at 0"},
        {"a tag twice", "v=1; a=x; v=1", "refused at 10"},
        {"NUL in a value", std::string("v=1\0", 4), "refused at 3"},
        {"DEL in a value", "v=\x7f", "refused at 2"},
        {"a bare LF", "v=1;\na=b", "refused at 4"},
        {"a bare CR in a value", "v=1\r2", "refused at 3"},
        {"a CRLF without a blank behind it", "v=1\r\n;a=b", "refused at 3"},
        {"a CRLF at the very end", "v=1\r\n", "refused at 3"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(parsed(c.text) == c.expected);
    }
}

TEST_CASE("print() is read back to the same list") {
    for (const std::string text : {"v=1; b=a b\r\n c; z=", "a=1", "p=;"}) {
        const std::string once = parsed(text);
        CHECK(parsed(once) == once);
    }
}

TEST_CASE("a value's raw range takes in the blanks around it and nothing else", "[rfc6376-3.7]") {
    const std::string text = " v=1; bh=x; b = \r\n a b \t; h=b=";
    const auto list = tag_list::TagList::parse(text);
    REQUIRE(list);
    const tag_list::Tag* b = list->find("b");
    REQUIRE(b != nullptr);
    CHECK(b->value == "a b");
    CHECK(b->position == 12);
    CHECK(text.substr(b->raw_begin, b->raw_end - b->raw_begin) == " \r\n a b \t");
    CHECK(list->find("B") == nullptr);
    CHECK(list->find("h")->value == "b=");
}

TEST_CASE("the number of tags is bounded") {
    std::string text = "t0=";
    for (std::size_t i = 1; i < tag_list::max_tags; ++i) {
        text += ";t" + std::to_string(i) + "=";
    }
    CHECK(tag_list::TagList::parse(text));
    CHECK_FALSE(tag_list::TagList::parse(text + ";x="));
}

TEST_CASE("white space inside a value is removed as FWS only") {
    CHECK(tag_list::remove_fws("a b\tc\r\n d") == "abcd");
    CHECK(tag_list::remove_fws("a\r\nb") == "a\r\nb");
    CHECK(tag_list::remove_fws("") == "");
    CHECK(tag_list::remove_fws(" \r\n ") == "");
}

TEST_CASE("colon-separated values lose the blanks around their parts") {
    CHECK(tag_list::split_colons("from : to:\r\n cc") == std::vector<std::string_view>{"from", "to", "cc"});
    CHECK(tag_list::split_colons("a::b") == std::vector<std::string_view>{"a", "", "b"});
    CHECK(tag_list::split_colons("") == std::vector<std::string_view>{""});
}
