#include "message/header_field.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

using message::HeaderField;
using namespace std::string_view_literals;

TEST_CASE("a field from text keeps its bytes and knows its parts", "[message][rfc5322-2.2]") {
    struct Case {
        const char* what;
        std::string_view text;
        std::string_view name;
        std::string_view body;
        bool well_formed;
    };
    const auto c = GENERATE(values<Case>({
        {"an ordinary field", "Subject: hello", "Subject", " hello", true},
        {"no blank after the colon", "Subject:hello", "Subject", "hello", true},
        {"an empty body", "Subject:", "Subject", "", true},
        {"a folded body", "Subject: a\r\n b", "Subject", " a\r\n b", true},
        {"a colon in the body", "Date: 12:30", "Date", " 12:30", true},
        {"blanks before the colon", "From \t: x", "From", " x", true},
        {"a fold before the colon", "From\r\n : x", "From\r\n", " x", false},
        {"a blank before the name", " From: x", " From", " x", false},
        {"a blank inside the name", "Fr om: x", "Fr om", " x", false},
        {"no name", ": x", "", " x", false},
        {"no colon", "just words", "", "", false},
        {"nothing at all", "", "", "", false},
        {"a NUL in the name", "Fr\0om: x"sv, "Fr\0om"sv, " x", false},
        {"8-bit in the name", "From\xe2\x80\x8b: x", "From\xe2\x80\x8b", " x", false},
        {"every odd character a name may hold", "!#$%&'*+-./09=?^_`{|}~>(): x", "!#$%&'*+-./09=?^_`{|}~>()",
         " x", true},
    }));
    INFO(c.what);
    const HeaderField field = HeaderField::from_text(c.text);
    CHECK(field.text() == c.text);
    CHECK(field.name() == c.name);
    CHECK(field.body() == c.body);
    CHECK(field.well_formed() == c.well_formed);
}

TEST_CASE("a field from a milter is the name, a colon and the rest", "[message]") {
    const HeaderField field("From", " ann@example.org\r\n\t(Ann)");
    CHECK(field.text() == "From: ann@example.org\r\n\t(Ann)");
    CHECK(field.name() == "From");
    CHECK(field.body() == " ann@example.org\r\n\t(Ann)");
    CHECK(field.well_formed());
    CHECK(field.is_named("fROM"));
    CHECK_FALSE(field.is_named("Fro"));

    const HeaderField blank("From ", "x");
    CHECK(blank.text() == "From :x");
    CHECK(blank.name() == "From");
    CHECK(blank.body() == "x");
    CHECK(blank.well_formed());

    // A milter's name is the name: a colon inside it is not the end of it.
    const HeaderField colon("A:B", " c");
    CHECK(colon.name() == "A:B");
    CHECK(colon.body() == " c");
    CHECK_FALSE(colon.well_formed());
    CHECK_FALSE(HeaderField("", " c").well_formed());
}

TEST_CASE("a copied field is whole", "[message]") {
    HeaderField copy = HeaderField::from_text("Subject: original");
    {
        const HeaderField original("From", " ann@example.org");
        copy = original;
    }
    CHECK(copy.name() == "From");
    CHECK(copy.body() == " ann@example.org");
}
