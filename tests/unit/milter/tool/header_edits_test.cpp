#include "milter/tool/header_edits.h"

#include "support/catch.h"

using milter::tool::Edit;
using Kind = milter::tool::Edit::Kind;

TEST_CASE("edits of header fields") {
    struct Case {
        const char* name;
        Edit edit;
        std::vector<std::string> expected;
    };
    const std::vector<std::string> fields{"A: 1", "B: 2", "a : 3"};
    const auto test = GENERATE(values<Case>({
        {"insert on top", {Kind::insert, 0, "X", " x"}, {"X: x", "A: 1", "B: 2", "a : 3"}},
        {"insert below one", {Kind::insert, 1, "X", " x"}, {"A: 1", "X: x", "B: 2", "a : 3"}},
        {"insert below all", {Kind::insert, 99, "X", " x"}, {"A: 1", "B: 2", "a : 3", "X: x"}},
        {"add at the end, folds as CRLF",
         {Kind::add, 0, "X", " x\n\ty"},
         {"A: 1", "B: 2", "a : 3", "X: x\r\n\ty"}},
        {"change the second of a name", {Kind::change, 2, "A", " new"}, {"A: 1", "B: 2", "A: new"}},
        {"delete the first of a name", {Kind::remove, 1, "a", ""}, {"B: 2", "a : 3"}},
        {"delete one that is not there", {Kind::remove, 3, "A", ""}, {"A: 1", "B: 2", "a : 3"}},
        {"number nought is none", {Kind::remove, 0, "A", ""}, {"A: 1", "B: 2", "a : 3"}},
        {"other edits touch no field", {Kind::quarantine, 0, "", "held"}, {"A: 1", "B: 2", "a : 3"}},
    }));
    INFO(test.name);
    auto edited = fields;
    milter::tool::apply_header_edits(edited, {test.edit}, true);
    CHECK(edited == test.expected);
}

TEST_CASE("without leading space a value gets its blank") {
    std::vector<std::string> fields;
    milter::tool::apply_header_edits(fields, {{Kind::add, 0, "X", "x"}}, false);
    CHECK(fields == std::vector<std::string>{"X: x"});
}

TEST_CASE("line ends follow the other text") {
    CHECK(milter::tool::uses_crlf("a\r\nb\n"));
    CHECK_FALSE(milter::tool::uses_crlf("a\nb\r\n"));
    CHECK_FALSE(milter::tool::uses_crlf("a"));
    CHECK_FALSE(milter::tool::uses_crlf("\n"));
    CHECK(milter::tool::with_line_ends("a\nb\r\nc\rd", true) == "a\r\nb\r\nc\rd");
    CHECK(milter::tool::with_line_ends("a\nb\r\nc\rd", false) == "a\nb\nc\rd");
}
