#include "message/line_breaks.h"

#include "support/catch.h"

#include <string>
#include <string_view>

using namespace std::string_view_literals;

TEST_CASE("a line break inside a field is a fold or a stray one", "[message][rfc5322-2.2]") {
    struct Case {
        const char* what;
        std::string_view field;
        std::string_view mended; // equal to `field`: nothing stray in it
    };
    const auto c = GENERATE(values<Case>({
        {"nothing", "", ""},
        {"no line break", "Subject: a", "Subject: a"},
        {"a fold with a blank", "To: a,\r\n b", "To: a,\r\n b"},
        {"a fold with a tab", "To: a,\r\n\tb,\r\n\t\tc", "To: a,\r\n\tb,\r\n\t\tc"},
        {"a lone CR", "X: y\rReply-To: z", "X: y Reply-To: z"},
        {"a lone CR before a blank", "X: y\r z", "X: y  z"},
        {"a lone LF", "X: y\nReply-To: z", "X: y Reply-To: z"},
        {"a lone LF before a blank", "X: y\n z", "X: y  z"},
        {"CRLF without a blank", "X: y\r\nReply-To: z", "X: y  Reply-To: z"},
        {"LF CR", "X: y\n\r z", "X: y   z"},
        {"a CR before a fold", "X: y\r\r\n z", "X: y \r\n z"},
        {"an LF before a fold", "X: y\n\r\n z", "X: y \r\n z"},
        {"a CR at the beginning", "\rX: y", " X: y"},
        {"a CR at the end", "X: y\r", "X: y "},
        {"an LF at the end", "X: y\n", "X: y "},
        {"a CRLF at the end", "X: y\r\n", "X: y  "},
        {"an empty line", "X: y\r\rbody", "X: y  body"},
        {"two CRLF before a blank", "X: y\r\n\r\n z", "X: y  \r\n z"},
        {"the only octet", "\r", " "},
        {"a vertical tab", "X: y\vReply-To: z", "X: y Reply-To: z"},
        {"a form feed before a blank", "X: y\f z", "X: y  z"},
        {"FS, GS and RS", "X: y\x1cz\x1dz\x1e", "X: y z z "},
        {"a form feed before a fold", "X: y\f\r\n z", "X: y \r\n z"},
        {"a form feed behind a CRLF", "X: y\r\n\fz", "X: y   z"},
        {"controls at which nobody ends a line", "X: \0\x01\x07\x08\t\x0e\x1b\x1f\x7f y"sv,
         "X: \0\x01\x07\x08\t\x0e\x1b\x1f\x7f y"sv},
        {"octets of other encodings", "X: \x8a\x8d\x9c\x85 \xc2\x85 \xe2\x80\xa8",
         "X: \x8a\x8d\x9c\x85 \xc2\x85 \xe2\x80\xa8"},
    }));
    CAPTURE(c.what);
    CHECK(message::has_stray_line_break(c.field) == (c.field != c.mended));
    CHECK(message::without_stray_line_breaks(c.field) == c.mended);
    CHECK_FALSE(message::has_stray_line_break(c.mended));
}

TEST_CASE("a line break is found at every place of a long field", "[message]") {
    for (const char c : "\n\v\f\r\x1c\x1d\x1e"sv) {
        for (std::size_t place = 0; place < 40; ++place) {
            CAPTURE(static_cast<int>(c), place);
            std::string field = "Subject: \xff" + std::string(30, 'a') + "\t\r\n\tb\r\n c";
            REQUIRE_FALSE(message::has_stray_line_break(field));
            field.insert(place, 1, c);
            CHECK(message::has_stray_line_break(field));
        }
    }
}

TEST_CASE("one field is enough", "[message]") {
    message::HeaderList headers;
    headers.add(message::HeaderField("From", " ann@example.org"));
    headers.add(message::HeaderField("To", " bob@example.org,\r\n carol@example.org"));
    CHECK_FALSE(message::has_stray_line_break(headers));
    headers.add(message::HeaderField("X", " a\rb"));
    CHECK(message::has_stray_line_break(headers));
}
