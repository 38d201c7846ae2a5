#include "dkim/quoted_printable.h"

#include "support/catch.h"

#include <string>
#include <vector>

TEST_CASE("dkim-quoted-printable is read strictly", "[rfc6376-2.11]") {
    struct Case {
        std::string name;
        std::string text;
        std::optional<std::string> expected;
    };
    const std::vector<Case> cases = {
        {"plain text", "joe@example.org", "joe@example.org"},
        {"nothing", "", ""},
        {"an encoded semicolon", "a=3Bb", "a;b"},
        {"lower-case digits", "a=3bb", "a;b"},
        {"an encoded equals sign", "=3D", "="},
        {"an encoded NUL", "=00", std::string(1, '\0')},
        {"an encoded octet over 127", "=C3=A9", "\xc3\xa9"},
        {"UTF-8 as itself", "\xc3\xa9", "\xc3\xa9"},
        {"blanks and folds are ignored", "a b\tc\r\n d", "abcd"},
        {"an encoding in two lines", "=3\r\n B", ";"},
        {"a lone equals sign", "=", std::nullopt},
        {"one digit", "a=3", std::nullopt},
        {"no digits", "a=zz", std::nullopt},
        {"a soft line break", "a=\r\n b", std::nullopt},
        {"a semicolon", "a;b", std::nullopt},
        {"a control character", "a\x01", std::nullopt},
        {"DEL", "a\x7f", std::nullopt},
        {"a bare LF", "a\nb", std::nullopt},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(dkim::decode_quoted_printable(c.text) == c.expected);
    }
}

TEST_CASE("every octet survives encoding and decoding") {
    std::string octets;
    for (int i = 0; i < 256; ++i) {
        octets += static_cast<char>(i);
    }
    CHECK(dkim::decode_quoted_printable(dkim::encode_quoted_printable(octets)) == octets);
    CHECK(dkim::encode_quoted_printable("a b;c=d") == "a=20b=3Bc=3Dd");
    CHECK(dkim::encode_quoted_printable("\xc3\xa9") == "=C3=A9"); // a header field of ours is ASCII
}
