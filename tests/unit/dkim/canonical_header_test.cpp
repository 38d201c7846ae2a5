#include "dkim/canonical_header.h"

#include "support/catch.h"
#include "text_sink.h"

#include <string>
#include <vector>

using dkim::Canonicalization;

namespace {

std::string canonical(Canonicalization canonicalization, const std::string& text) {
    TextSink sink;
    dkim::canonicalize(canonicalization, message::HeaderField::from_text(text), sink);
    return sink.text;
}

} // namespace

TEST_CASE("a header field is canonicalized as RFC 6376 defines it", "[rfc6376-3.4.1][rfc6376-3.4.2]") {
    struct Case {
        std::string name;
        std::string text;
        std::string relaxed;
    };
    const std::vector<Case> cases = {
        {"the first example of RFC 6376 3.4.5", "A: X", "a:X"},
        {"the second example of RFC 6376 3.4.5", "B : Y\t\r\n\tZ  ", "b:Y Z"},
        {"no blank behind the colon", "Subject:text", "subject:text"},
        {"many blanks behind the colon", "Subject: \t  text", "subject:text"},
        {"an empty body", "Subject:", "subject:"},
        {"a body of blanks", "Subject: \r\n \t", "subject:"},
        {"a fold in front of the text", "Subject:\r\n text", "subject:text"},
        {"a fold at the end", "Subject: text\r\n ", "subject:text"},
        {"folds between words", "Subject: a\r\n b\r\n\tc", "subject:a b c"},
        {"a blank before a fold", "Subject: a \r\n b", "subject:a b"},
        {"two folds in a row", "Subject: a\r\n \r\n b", "subject:a b"},
        {"single and several blanks", "Subject: a b  c\td \te", "subject:a b c d e"},
        {"the case of the text stays", "SUBJECT: TeXt", "subject:TeXt"},
        {"8-bit bytes stay", "Subject: \xc3\xa9\xff", "subject:\xc3\xa9\xff"},
        {"no-break space is no blank", "Subject: \xc2\xa0 x \xc2\xa0", "subject:\xc2\xa0 x \xc2\xa0"},
        {"a lone LF is text", "Subject: a\nb", "subject:a\nb"},
        {"a lone CR is text", "Subject: a \r b\r", "subject:a \r b\r"},
        {"vertical tab is no blank", "Subject: a\x0b b", "subject:a\x0b b"},
        {"a colon in the body", "Subject: a : b", "subject:a : b"},
        {"a long name", std::string(200, 'X') + ": a", std::string(200, 'x') + ":a"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(canonical(Canonicalization::relaxed, c.text) == c.relaxed);
        CHECK(canonical(Canonicalization::simple, c.text) == c.text);
    }
}
