#include "milter/tool/record_damage.h"
#include "support/catch.h"

#include <string>
#include <vector>

using milter::tool::pieces_of;
using milter::tool::record_damage;

namespace {

// As long as a key, with both characters of base64 that are no letters.
std::string whole() {
    std::string key = "MIGfMA0GCSqGSIb3";
    for (int i = 0; i < 200; ++i) {
        key += static_cast<char>((i % 2 == 0 ? 'A' : 'a') + i % 23);
        key += i % 20 == 0 ? "+" : i % 33 == 0 ? "/" : "";
    }
    return key + "QIDAQAB";
}

} // namespace

TEST_CASE("what happened to a record is told from what is left of it") {
    const std::string key = whole();
    const std::string tags = "v=DKIM1; k=rsa; p=";
    auto lower = key;
    lower[20] = 'z';
    auto swapped_case = key;
    for (char& c : swapped_case) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    auto without_plus = key;
    std::erase(without_plus, '+');
    auto encoded = key;
    encoded.replace(encoded.find('+'), 1, "%2B");
    struct Case {
        const char* name;
        std::string text;
        std::string said; // empty: nothing
    };
    const Case cases[]{
        {"whole", tags + key, ""},
        {"blanks where strings meet", tags + key.substr(0, 90) + " " + key.substr(90), ""},
        {"cut by a web form", (tags + key).substr(0, 150), "p= is cut off after 132 of"},
        {"the second string alone", tags + key.substr(100), "p= lacks its first 100 characters"},
        {"unquoted in a zone file", "v=DKIM1", "only what stands before the first semicolon"},
        {"backslashes of a zone file", "v=DKIM1\\; k=rsa\\; p=" + key, "backslashes before the semicolons"},
        {"quotes of a zone file", "\"" + tags + key + "\"", "quotation marks in the record"},
        {"quotes where strings met", tags + key.substr(0, 90) + "\" \"" + key.substr(90),
         "quotation marks in the record"},
        {"strings in the wrong order", key.substr(100) + tags + key.substr(0, 100), "in the wrong order"},
        {"a PEM file", tags + "-----BEGIN PUBLIC KEY-----" + key, "BEGIN and END"},
        {"lower case", tags + swapped_case, "upper and lower case"},
        {"plus became a blank", tags + without_plus, "each + of p= is gone"},
        {"encoded for the web", tags + encoded, "%2B"},
        {"a piece lost in the middle", tags + key.substr(0, 90) + key.substr(95),
         "p= lacks 5 characters after the first "},
        {"a piece twice", tags + key.substr(0, 95) + key.substr(90), "p= has 5 characters too many"},
        {"one character changed", tags + lower, "p= differs from the key in 1 characters after the first 20"},
        {"another key", tags + std::string(key.size(), 'x'), ""},
        {"no record of a key", "v=spf1 -all", ""},
        {"nothing", "", ""},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto said = record_damage(test.text, key);
        CAPTURE(said);
        CHECK((test.said.empty() ? said.empty() : said.find(test.said) != std::string::npos));
    }
}

TEST_CASE("a record in pieces is known in any order") {
    const std::string key = whole();
    const std::string first = "v=DKIM1; k=rsa; p=" + key.substr(0, 100);
    const std::string second = key.substr(100);
    CHECK_FALSE(pieces_of({first, second}, key).empty());
    CHECK_FALSE(pieces_of({second, first}, key).empty());
    CHECK(pieces_of({first, "v=spf1 -all"}, key).empty());
    CHECK(pieces_of({"v=DKIM1; p=" + key, "v=DKIM1; p=" + key}, key).empty());
}
