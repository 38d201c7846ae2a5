#include "dmarc/record.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

struct ParseCase {
    const char* name;
    std::string text;
    const char* expected; // print() of the record; "-" when the text is none
};

std::string parsed(const std::string& text) {
    const auto record = dmarc::parse_record(text);
    return record ? dmarc::print(*record) : "-";
}

void check(const std::vector<ParseCase>& cases) {
    for (const ParseCase& c : cases) {
        CAPTURE(c.name, c.text);
        CHECK(parsed(c.text) == c.expected);
    }
}

} // namespace

TEST_CASE("the version tag decides whether a text is a DMARC record") {
    check({
        {"alone", "v=DMARC1", "v=DMARC1"},
        {"alone with a semicolon", "v=DMARC1;", "v=DMARC1"},
        {"blanks around the equals sign", "v \t=\t DMARC1;p=none", "v=DMARC1; p=none"},
        {"blanks before the semicolon", "v=DMARC1 \t;p=none", "v=DMARC1; p=none"},
        {"capital V", "V=DMARC1;p=none", "v=DMARC1; p=none"},
        {"no blank may precede it", " v=DMARC1;p=none", "-"},
        {"no semicolon may precede it", ";v=DMARC1;p=none", "-"},
        {"the value is case-sensitive", "v=dmarc1; p=none", "-"},
        {"one letter in the wrong case", "v=DMARc1; p=none", "-"},
        {"a longer version", "v=DMARC10; p=none", "-"},
        {"a shorter version", "v=DMARC; p=none", "-"},
        {"another version", "v=DMARC2; p=none", "-"},
        {"no semicolon behind it", "v=DMARC1 p=none", "-"},
        {"a comma is no separator", "v=DMARC1, p=none", "-"},
        {"not the first tag", "p=none; v=DMARC1", "-"},
        {"quoted", "\"v=DMARC1\"; p=none", "-"},
        {"empty", "", "-"},
        {"a letter only", "v", "-"},
        {"no value", "v=", "-"},
        {"no equals sign", "vDMARC1", "-"},
        {"an SPF record", "v=spf1 -all", "-"},
        {"a longer name", "vv=DMARC1", "-"},
        {"a line break is no blank", "v=\nDMARC1; p=none", "-"},
        {"a NUL behind the version", std::string("v=DMARC1\0; p=none", 17), "-"},
        {"a second version tag is ignored", "v=DMARC1; v=DMARC2; p=none", "v=DMARC1; p=none"},
    });
}

TEST_CASE("behind the version an error stays with its own tag") {
    check({
        {"order is free", "v=DMARC1; t=y; p=reject; sp=none", "v=DMARC1; p=reject; sp=none; t=y"},
        {"no blanks", "v=DMARC1;p=reject;sp=none", "v=DMARC1; p=reject; sp=none"},
        {"many blanks", "v=DMARC1 ;\t p \t=\t reject \t;  ", "v=DMARC1; p=reject"},
        {"empty parts", "v=DMARC1;;; p=reject;;", "v=DMARC1; p=reject"},
        {"tag names in any case", "v=DMARC1; P=reject; Sp=none", "v=DMARC1; p=reject; sp=none"},
        {"values in any case", "v=DMARC1; p=ReJect; t=Y; adkim=S; psd=N",
         "v=DMARC1; p=reject; psd=n; t=y; adkim=s"},
        {"unknown tags", "v=DMARC1; x=1; p=reject; future=tag", "v=DMARC1; p=reject"},
        {"historic tags", "v=DMARC1; p=reject; pct=0; rf=afrf; ri=3600", "v=DMARC1; p=reject"},
        {"a part without an equals sign", "v=DMARC1; nonsense; p=reject", "v=DMARC1; p=reject"},
        {"a tag without a name", "v=DMARC1; =none; p=reject", "v=DMARC1; p=reject"},
        {"a digit in the name", "v=DMARC1; p1=none; p=reject", "v=DMARC1; p=reject"},
        {"a blank in the name", "v=DMARC1; s p=none; p=reject", "v=DMARC1; p=reject"},
        {"an empty value is no tag", "v=DMARC1; sp=; p=reject", "v=DMARC1; p=reject"},
        {"an 8-bit octet voids its tag", "v=DMARC1; p=reject; sp=none\xc3\xa9", "v=DMARC1; p=reject"},
        {"a tab inside a value voids its tag", "v=DMARC1; p=reject; sp=no\tne", "v=DMARC1; p=reject"},
        {"a NUL voids its tag", std::string("v=DMARC1; p=reject; sp=none\0", 28), "v=DMARC1; p=reject"},
        {"the first equals sign counts", "v=DMARC1; p=reject; rua=mailto:a=b@example.org",
         "v=DMARC1; p=reject; rua=mailto:a=b@example.org"},
    });
}

TEST_CASE("policy tags are absent, valid or unreadable") {
    check({
        {"all three", "v=DMARC1; p=none; sp=quarantine; np=reject",
         "v=DMARC1; p=none; sp=quarantine; np=reject"},
        {"none at all", "v=DMARC1; adkim=s", "v=DMARC1; adkim=s"},
        {"p misspelt", "v=DMARC1; p=rejected", "v=DMARC1; p=?"},
        {"p cut short", "v=DMARC1; p=quarantin", "v=DMARC1; p=?"},
        {"sp misspelt", "v=DMARC1; p=none; sp=discard", "v=DMARC1; p=none; sp=?"},
        {"np misspelt", "v=DMARC1; p=none; np=yes", "v=DMARC1; p=none; np=?"},
        {"p twice", "v=DMARC1; p=none; p=reject", "v=DMARC1; p=?"},
        {"p twice with one value", "v=DMARC1; p=none; p=none", "v=DMARC1; p=?"},
        {"p three times", "v=DMARC1; p=none; P=none; p=none", "v=DMARC1; p=?"},
        {"sp twice", "v=DMARC1; p=none; sp=none; SP=reject", "v=DMARC1; p=none; sp=?"},
        {"two words", "v=DMARC1; p=reject none", "v=DMARC1; p=?"},
    });
}

TEST_CASE("other tags fall back to their defaults") {
    check({
        {"psd unknown value", "v=DMARC1; p=none; psd=maybe", "v=DMARC1; p=none"},
        {"psd=u is the default", "v=DMARC1; p=none; psd=u", "v=DMARC1; p=none"},
        {"psd=y", "v=DMARC1; p=none; psd=y", "v=DMARC1; p=none; psd=y"},
        {"psd twice", "v=DMARC1; p=none; psd=y; psd=y", "v=DMARC1; p=none"},
        {"t=n", "v=DMARC1; p=none; t=n", "v=DMARC1; p=none"},
        {"t twice", "v=DMARC1; p=none; t=y; t=y", "v=DMARC1; p=none"},
        {"t with a wrong value", "v=DMARC1; p=none; t=yes", "v=DMARC1; p=none"},
        {"alignment relaxed", "v=DMARC1; p=none; adkim=r; aspf=r", "v=DMARC1; p=none"},
        {"alignment strict", "v=DMARC1; p=none; adkim=s; aspf=s", "v=DMARC1; p=none; adkim=s; aspf=s"},
        {"alignment with a wrong value", "v=DMARC1; p=none; adkim=strict; aspf=s",
         "v=DMARC1; p=none; aspf=s"},
        {"alignment twice", "v=DMARC1; p=none; adkim=s; adkim=s", "v=DMARC1; p=none"},
        {"rua twice", "v=DMARC1; p=none; rua=mailto:a@x.org; rua=mailto:b@x.org", "v=DMARC1; p=none"},
    });
}

TEST_CASE("fo joins its values in any order and needs ruf") {
    const auto fo = [](const std::string& value) {
        return dmarc::parse_record("v=DMARC1; p=none; ruf=mailto:r@x.org; fo=" + value)->fo;
    };
    for (const char* legal : {"0", "1", "d", "s", "d:s", "s:d", "1:d:s", "d:1:s", "0:s"}) {
        CAPTURE(legal);
        CHECK(fo(legal) == legal);
    }
    for (const char* illegal : {"0:1", "1:1", "d:d", "s:d:s", "2", "d,s", "d:", ":", "1 :d", "ds"}) {
        CAPTURE(illegal);
        CHECK(fo(illegal) == "0");
    }
    CHECK(fo("D:S") == "d:s");
    CHECK(dmarc::parse_record("v=DMARC1; p=none; fo=1")->fo == "0");
    CHECK(dmarc::parse_record("v=DMARC1; p=none; fo=1; ruf=nonsense")->fo == "0");
    CHECK(dmarc::parse_record("v=DMARC1; p=none; fo=1; fo=1; ruf=mailto:r@x.org")->fo == "0");
}

TEST_CASE("report addresses are a list that keeps its readable elements") {
    check({
        {"two", "v=DMARC1; p=none; rua=mailto:a@x.org , mailto:b@x.org",
         "v=DMARC1; p=none; rua=mailto:a@x.org,mailto:b@x.org"},
        {"a broken one between", "v=DMARC1; p=none; rua=mailto:a@x.org,nonsense,https://x.org/r",
         "v=DMARC1; p=none; rua=mailto:a@x.org,https://x.org/r"},
        {"a size limit is dropped", "v=DMARC1; p=none; rua=mailto:a@x.org!10m",
         "v=DMARC1; p=none; rua=mailto:a@x.org"},
        {"none is usable", "v=DMARC1; p=none; rua=a@x.org", "v=DMARC1; p=none"},
    });
}

TEST_CASE("what was ignored is told, in printable text and not without end") {
    const auto record =
        dmarc::parse_record("v=DMARC1; p=rejct; pct=50; foo=1; nonsense\x01; sp=; psd=y; psd=n");
    REQUIRE(record);
    CHECK(record->diagnostics == std::vector<std::string>{
                                     "pct= was removed by RFC 9989 and has no effect",
                                     "foo= is unknown and is ignored",
                                     "\"nonsense\\x01\" is not a tag and is ignored",
                                     "sp= has no readable value and is ignored",
                                     "psd= is given more than once and counts as unreadable",
                                     "p=rejct is not a value of this tag",
                                 });
    std::string many = "v=DMARC1";
    for (int i = 0; i < 500; ++i) {
        many += "; x=1";
    }
    CHECK(dmarc::parse_record(many)->diagnostics.size() == dmarc::max_diagnostics);
}

TEST_CASE("a printed record parses to the same record") {
    for (const char* text :
         {"v=DMARC1", "v=DMARC1; p=reject; sp=quarantine; np=none; psd=y; t=y; adkim=s; aspf=s",
          "v=DMARC1; p=oops; sp=oops; np=oops",
          "v=DMARC1;rua=mailto:a@x.org!1m , https://x.org/?a=b;ruf=mailto:r@x.org; fo=D:1"}) {
        CAPTURE(text);
        auto record = dmarc::parse_record(text);
        REQUIRE(record);
        auto again = dmarc::parse_record(dmarc::print(*record));
        REQUIRE(again);
        record->diagnostics.clear();
        again->diagnostics.clear();
        CHECK(*again == *record);
    }
}

TEST_CASE("a record cut off anywhere is read without harm") {
    const std::string text = "v=DMARC1; p=reject; sp=none; rua=mailto:a%20b@x.org!10m,mailto:c@x.org; fo=1:d";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const auto record = dmarc::parse_record(text.substr(0, length));
        CHECK(record.has_value() == (length >= std::string("v=DMARC1").size()));
    }
}
