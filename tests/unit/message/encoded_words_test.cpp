#include "message/encoded_words.h"

#include "support/catch.h"

#include <string>
#include <string_view>

using message::decode_encoded_words;

TEST_CASE("encoded words are read as generously as anybody might", "[message][rfc2047]") {
    struct Case {
        const char* what;
        std::string_view text;
        std::string_view decoded;
    };
    const auto c = GENERATE(values<Case>({
        {"no word", "a =b? c", "a =b? c"},
        {"quoted-printable", "=?utf-8?q?a=40b_c?=", "a@b c"},
        {"base64", "x =?utf-8?B?YUBi?= y", "x a@b y"},
        {"base64 without padding", "=?utf-8?b?YUBiYw?=", "a@bc"},
        {"two words, the blanks between them gone", "=?utf-8?q?a?=\r\n =?utf-8?q?b?= c", "ab c"},
        {"text between two words", "=?utf-8?q?a?= - =?utf-8?q?b?=", "a - b"},
        {"base64 that breaks off", "=?utf-8?b?YUBiYwx?=", "a@bc\x0c"},
        {"UTF-16", "=?utf-16?b?AGEAQA?=", "a@"},
        {"an equals sign that encodes nothing", "=?utf-8?q?a=b?=", "a=b"},
        {"an unknown encoding", "=?utf-8?x?YUBi?=", "=?utf-8?x?YUBi?="},
        {"no end", "=?utf-8?q?a", "=?utf-8?q?a"},
        {"blanks inside", "=?utf-8?q?a b?=", "a b"},
        {"two starts", "=?=?utf-8?q?a?=", "=?a"},
    }));
    INFO(c.what);
    CHECK(decode_encoded_words(c.text) == c.decoded);
}

TEST_CASE("a long run of starts takes no long time", "[message]") {
    for (const std::string start : {"=?", "=?a?q?b", "=?a?q?b ?="}) {
        std::string starts;
        for (int i = 0; i < 10'000; ++i) {
            starts += start;
        }
        CHECK(decode_encoded_words(starts).size() <= starts.size());
    }
}
