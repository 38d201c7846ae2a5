#include "message/body_lines.h"

#include "support/catch.h"

#include <string>
#include <string_view>

namespace {

std::string normalize(std::string_view first, std::string_view second, std::string_view third = {}) {
    message::CrlfNormalizer normalizer;
    std::string lines = normalizer.update(first);
    lines += normalizer.update(second);
    lines += normalizer.update(third);
    return lines + normalizer.finish();
}

} // namespace

TEST_CASE("line ends become CRLF wherever the text is cut", "[message]") {
    struct Case {
        const char* what;
        std::string_view text;
        std::string_view expected;
    };
    const auto c = GENERATE(values<Case>({
        {"nothing", "", ""},
        {"no line end", "abc", "abc"},
        {"LF", "a\nb\n", "a\r\nb\r\n"},
        {"CRLF", "a\r\nb\r\n", "a\r\nb\r\n"},
        {"both", "a\r\nb\nc", "a\r\nb\r\nc"},
        {"empty lines", "\n\n\r\n", "\r\n\r\n\r\n"},
        {"a lone CR stays", "a\rb", "a\rb"},
        {"a lone CR at the end stays", "a\r", "a\r"},
        {"CR CR LF is a CR and a line end", "a\r\r\nb", "a\r\r\nb"},
        {"LF CR is a line end and a CR", "a\n\rb", "a\r\n\rb"},
        {"only CRs", "\r\r\r", "\r\r\r"},
    }));
    INFO(c.what);
    for (std::size_t i = 0; i <= c.text.size(); ++i) {
        for (std::size_t k = i; k <= c.text.size(); ++k) {
            CAPTURE(i, k);
            CHECK(normalize(c.text.substr(0, i), c.text.substr(i, k - i), c.text.substr(k)) == c.expected);
        }
    }
}

TEST_CASE("a finished normalizer starts afresh", "[message]") {
    message::CrlfNormalizer normalizer;
    CHECK(normalizer.update("a\r") == "a");
    CHECK(normalizer.finish() == "\r");
    CHECK(normalizer.finish().empty());
    CHECK(normalizer.update("b") == "b");
}
