#include "keys/table_file.h"

#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

// "LINE NAME=VALUE" for each row, then the problems.
Texts parse(std::string_view text, decltype(&keys::parse_table) parse_rows = &keys::parse_table) {
    std::vector<keys::Problem> problems;
    Texts result;
    for (const keys::TableRow& row : parse_rows(text, "T", problems)) {
        result.push_back(fmt::format("{} {}={}", row.line, row.name, row.value));
    }
    for (const keys::Problem& problem : problems) {
        result.push_back(print(problem));
    }
    return result;
}

} // namespace

TEST_CASE("rows of a table") {
    struct Case {
        std::string name;
        std::string text;
        Texts rows;
    };
    const std::string long_value(100'000, 'x');
    const Case cases[]{
        {"none", "", {}},
        {"one", "a b\n", {"1 a=b"}},
        {"no line end", "a b", {"1 a=b"}},
        {"blanks around and between", " \ta \t b c \t\n", {"1 a=b c"}},
        {"a carriage return", "a b\r\nc d\r\n", {"1 a=b", "2 c=d"}},
        {"empty lines and comments", "\n# x\n  # y\na b # z\n\nc d#e\n", {"4 a=b", "6 c=d"}},
        {"a comment that eats the value", "a # b\n", {"T:1: 'a' has no value"}},
        {"no value", "a\nb c\n", {"2 b=c", "T:1: 'a' has no value"}},
        {"a line beyond OpenDKIM's buffer", "a " + long_value + "\nb c\n", {"1 a=" + long_value, "2 b=c"}},
        {"a NUL", std::string("a b\0c\nd e\n", 10), {"2 d=e", "T:1: control characters are not allowed"}},
        {"UTF-8", "m\xc3\xbcller@example.com k\n", {"1 m\xc3\xbcller@example.com=k"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(parse(c.text) == c.rows);
    }
}

TEST_CASE("names of tables") {
    struct Case {
        std::string text;
        std::string meaning; // "exact PATH", "patterns PATH" or the error
    };
    const Case cases[]{
        {"/etc/KeyTable", "exact /etc/KeyTable"},
        {"KeyTable", "exact KeyTable"},
        {"file:/etc/KeyTable", "exact /etc/KeyTable"},
        {"refile:KeyTable", "patterns KeyTable"},
        {"/etc/a:b", "exact /etc/a:b"},
        {"csl:a=b,c=d", "rows a=b,c=d"},
        {"dsn:mysql://u@h/d", "'dsn:' is no kind of table; known are file:, refile: and csl:"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto name = keys::parse_table_name(c.text);
        const std::string meaning =
            !name ? name.error()
            : name->path.empty()
                ? "rows " + name->rows
                : fmt::format("{} {}", name->kind == keys::TableKind::exact ? "exact" : "patterns",
                              name->path);
        CHECK(meaning == c.meaning);
    }
}

TEST_CASE("files that are no tables") {
    const TemporaryTree tree;
    CHECK(keys::read_table(tree.write("t", "a b")) == std::string("a b"));
    CHECK(keys::read_table(tree.path("none")).error() == "No such file or directory");
    CHECK(keys::read_table(tree.root()).error() == "not a regular file");
    CHECK(keys::read_table("/dev/zero").error() == "not a regular file");
}

TEST_CASE("rows in the setting itself") {
    struct Case {
        std::string_view name;
        std::string text;
        Texts rows;
    };
    const Case cases[]{
        {"two rows", "a=b,c=d", {"1 a=b", "2 c=d"}},
        {"blanks around all", " a = b , c = d ", {"1 a=b", "2 c=d"}},
        {"a value with equals signs, as base64 ends", "k=example.org:s:MII==", {"1 k=example.org:s:MII=="}},
        {"commas at the end and in a row", "a=b,,c=d,", {"1 a=b", "3 c=d"}},
        {"nothing", "", {}},
        {"no value", "a,c=d", {"2 c=d", "T:1: 'a' has no value"}},
        {"no name", "=b,c=d", {"2 c=d", "T:1: the row has no name; it is written NAME=VALUE"}},
        {"a line end", "a=b\nc", {"T:1: control characters are not allowed"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(parse(c.text, &keys::parse_row_list) == c.rows);
    }
}
