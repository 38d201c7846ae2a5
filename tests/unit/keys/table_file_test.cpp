#include "keys/table_file.h"

#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

// "LINE NAME=VALUE" for each row, then the problems.
Texts parse(std::string_view text) {
    std::vector<keys::Problem> problems;
    Texts result;
    for (const keys::TableRow& row : keys::parse_table(text, "T", problems)) {
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
        {"csl:a,b", "tables of the kind 'csl:' are not supported; write the rows to a file"},
        {"dsn:mysql://u@h/d", "tables of the kind 'dsn:' are not supported; write the rows to a file"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto name = keys::parse_table_name(c.text);
        const std::string meaning =
            name ? fmt::format("{} {}", name->kind == keys::TableKind::exact ? "exact" : "patterns",
                               name->path)
                 : name.error();
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
