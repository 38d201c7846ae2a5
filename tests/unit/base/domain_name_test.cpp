#include "base/domain_name.h"

#include "base/idna.h"
#include "support/catch.h"

#include <string>
#include <string_view>

using base::DomainName;
using namespace std::string_view_literals;

namespace {

DomainName name(std::string_view text) {
    return DomainName::parse(text).value();
}

std::string international(std::string_view text) {
    const auto parsed = DomainName::parse_international(text);
    return parsed ? parsed->text() : "refused";
}

const std::string label_63(63, 'a');

} // namespace

TEST_CASE("names are kept in one form", "[base][rfc1035-2.3.4]") {
    CHECK(name("Example.ORG").text() == "example.org");
    CHECK(name("example.org.").text() == "example.org");
    CHECK(name("_dmarc.example.org").text() == "_dmarc.example.org");
    CHECK(name("org").text() == "org");
    CHECK(name(label_63 + ".org").label_count() == 2);
    const std::string longest = label_63 + '.' + label_63 + '.' + label_63 + '.' + std::string(61, 'b');
    REQUIRE(longest.size() == 253);
    CHECK(name(longest).text() == longest);
    CHECK(name(longest + '.').text() == longest);
    CHECK_FALSE(DomainName::parse(longest + 'b').has_value());
}

TEST_CASE("what is no name becomes no identifier", "[base]") {
    for (const std::string_view text : {""sv,
                                        "."sv,
                                        ".."sv,
                                        "a..b"sv,
                                        ".a"sv,
                                        "a.b.."sv,
                                        "a b"sv,
                                        "a\tb"sv,
                                        "exa\0mple.org"sv,
                                        "a\0"sv,
                                        "a(b"sv,
                                        "a'b"sv,
                                        "a\"b"sv,
                                        "a@b"sv,
                                        "a/b"sv,
                                        "a\\b"sv,
                                        "a\nb"sv,
                                        "[192.0.2.1]"sv,
                                        "a:b"sv,
                                        "b\xc3\xbc"
                                        "cher.example"sv,
                                        "*.example.org"sv}) {
        CAPTURE(text);
        CHECK_FALSE(DomainName::parse(text).has_value());
    }
    CHECK_FALSE(DomainName::parse(label_63 + "a.org").has_value());
}

TEST_CASE("U-labels become A-labels and nothing is mapped away", "[base][rfc5891-5]") {
    struct Case {
        const char* what;
        std::string_view text;
        const char* expected;
    };
    const auto c = GENERATE(values<Case>({
        {"ASCII", "Example.org", "example.org"},
        {"an underscore in ASCII", "_a.example.org", "_a.example.org"},
        {"an A-label", "XN--bcher-kva.example", "xn--bcher-kva.example"},
        {"a U-label",
         "b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example"},
        {"ASCII letters in upper case",
         "B\xc3\xbc"
         "cher.EXAMPLE",
         "xn--bcher-kva.example"},
        {"sharp s stands for itself",
         "stra\xc3\x9f"
         "e.example",
         "xn--strae-oqa.example"},
        {"decomposed is composed",
         "bu\xcc\x88"
         "cher.example",
         "xn--bcher-kva.example"},
        {"Greek", "\xcf\x80\xce\xb1\xcf\x81\xce\xac.example", "xn--hxaj8bf.example"},
        {"B1: U+2000 behind", "victim.example\xe2\x80\x80", "refused"},
        {"B1: U+200B behind", "victim.example\xe2\x80\x8b", "refused"},
        {"a soft hyphen", "vic\xc2\xadtim.example", "refused"},
        {"a byte order mark", "\xef\xbb\xbfvictim.example", "refused"},
        {"a full-width dot",
         "victim\xef\xbc\x8e"
         "example",
         "refused"},
        {"an ideographic full stop",
         "victim\xe3\x80\x82"
         "example",
         "refused"},
        {"full-width letters", "\xef\xbd\x96ictim.example", "refused"},
        {"an upper-case U-label",
         "B\xc3\x9c"
         "cher.example",
         "refused"},
        {"an emoji", "\xf0\x9f\x90\x88.example", "refused"},
        {"right-to-left override",
         "\xe2\x80\xae"
         "elpmaxe.example",
         "refused"},
        {"Latin-1",
         "b\xfc"
         "cher.example",
         "refused"},
        {"a NUL", "b\xc3\xbc\0cher.example"sv, "refused"},
        {"an empty label", "b\xc3\xbc..example", "refused"},
    }));
    INFO(c.what);
    CHECK(international(c.text) == c.expected);
}

TEST_CASE("a U-label beyond all names is refused, not chewed on", "[base]") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        text += "\xc3\xbc";
    }
    CHECK(international(text) == "refused");
}

TEST_CASE("suffixes and parents go label by label", "[base]") {
    const DomainName full = name("a.b.example.org");
    CHECK(full.label_count() == 4);
    CHECK(full.suffix(1).text() == "org");
    CHECK(full.suffix(3).text() == "b.example.org");
    CHECK(full.suffix(4) == full);
    CHECK(full.suffix(9) == full);
    CHECK(full.parent() == name("b.example.org"));
    CHECK_FALSE(name("org").parent().has_value());
}

TEST_CASE("below means on a label boundary", "[base]") {
    CHECK(name("example.org").is_at_or_below(name("example.org")));
    CHECK(name("a.example.org").is_at_or_below(name("EXAMPLE.org")));
    CHECK_FALSE(name("badexample.org").is_at_or_below(name("example.org")));
    CHECK_FALSE(name("example.org").is_at_or_below(name("a.example.org")));
    CHECK_FALSE(name("org.example").is_at_or_below(name("org")));
}

TEST_CASE("a name of several labels has something behind a dot, valid or not", "[base][rfc7208-4.3]") {
    for (const char* text : {"a.b", "a.b.", "x y.(z)", ".a", "a..b"}) {
        CAPTURE(text);
        CHECK(base::is_multi_label(text));
    }
    for (const char* text : {"", "a", "a.", "."}) {
        CAPTURE(text);
        CHECK_FALSE(base::is_multi_label(text));
    }
}
