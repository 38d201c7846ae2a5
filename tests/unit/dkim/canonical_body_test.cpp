#include "dkim/canonical_body.h"

#include "support/catch.h"
#include "text_sink.h"

#include <random>
#include <string>
#include <vector>

using dkim::Canonicalization;

namespace {

std::string canonical(Canonicalization canonicalization, const std::vector<std::string_view>& pieces) {
    TextSink sink;
    dkim::CanonicalBody body(canonicalization, sink);
    for (const std::string_view piece : pieces) {
        body.update(piece);
    }
    body.finish();
    return sink.text;
}

std::string simple(std::string_view text) {
    return canonical(Canonicalization::simple, {text});
}
std::string relaxed(std::string_view text) {
    return canonical(Canonicalization::relaxed, {text});
}

// The definitions of RFC 6376 3.4.3 and 3.4.4 step by step over the whole body, to compare the streaming code
// with.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    }
    return lines;
}

std::string relax(const std::string& line) {
    std::string relaxed;
    for (const char c : line) {
        if (c != ' ' && c != '\t') {
            relaxed += c;
        } else if (relaxed.empty() || relaxed.back() != ' ') {
            relaxed += ' ';
        }
    }
    return !relaxed.empty() && relaxed.back() == ' ' ? relaxed.substr(0, relaxed.size() - 1) : relaxed;
}

std::string by_definition(Canonicalization canonicalization, std::string_view text) {
    std::vector<std::string> lines = lines_of(text);
    if (canonicalization == Canonicalization::relaxed) {
        for (std::string& line : lines) {
            line = relax(line);
        }
    }
    while (!lines.empty() && lines.back().empty()) {
        lines.pop_back();
    }
    std::string canonical;
    for (const std::string& line : lines) {
        canonical += line + "\r\n";
    }
    return canonical.empty() && canonicalization == Canonicalization::simple ? "\r\n" : canonical;
}

std::string random_body(std::mt19937& random, std::size_t size) {
    // Weighted so that every kind of neighbourhood occurs: runs of text longer than a block, and everything
    // that is held back.
    static const std::vector<std::string> parts = {
        "a",
        " ",
        "  ",
        "\t",
        "\r\n",
        "\r\n\r\n",
        "\r",
        "\n",
        " \r\n",
        "\xc3\xa9",
        std::string(1, '\0'),
        "word another word",
        "VGhpcyBpcyBhIGxvbmcgbGluZSBvZiBiYXNlNjQgdGhhdCBpcyBsb25nZXIgdGhhbiBvbmUgYmxvY2sgb2YgNjQgb2N0ZXRz"};
    std::uniform_int_distribution<std::size_t> pick(0, parts.size() - 1);
    std::string body;
    while (body.size() < size) {
        body += parts[pick(random)];
    }
    return body;
}

} // namespace

TEST_CASE("a body is canonicalized as RFC 6376 defines it", "[rfc6376-3.4.3][rfc6376-3.4.4]") {
    struct Case {
        std::string name;
        std::string body;
        std::string simple;
        std::string relaxed;
    };
    const std::vector<Case> cases = {
        {"the example of RFC 6376 3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
        {"an empty body", "", "\r\n", ""},
        {"one empty line", "\r\n", "\r\n", ""},
        {"only empty lines", "\r\n\r\n\r\n", "\r\n", ""},
        {"only blanks", " \t ", " \t \r\n", ""},
        {"only lines of blanks", " \r\n\t\r\n", " \r\n\t\r\n", ""},
        {"no final CRLF", "a", "a\r\n", "a\r\n"},
        {"no final CRLF behind a blank", "a ", "a \r\n", "a\r\n"},
        {"a last line of blanks without CRLF", "a\r\n  ", "a\r\n  \r\n", "a\r\n"},
        {"one final CRLF", "a\r\n", "a\r\n", "a\r\n"},
        {"empty lines at the end", "a\r\n\r\n\r\n", "a\r\n", "a\r\n"},
        {"lines of blanks at the end", "a\r\n \r\n\t\r\n", "a\r\n \r\n\t\r\n", "a\r\n"},
        {"empty lines in front and inside", "\r\n\r\na\r\n\r\nb\r\n", "\r\n\r\na\r\n\r\nb\r\n",
         "\r\n\r\na\r\n\r\nb\r\n"},
        {"a blank in front of a line", " a\r\n\tb\r\n", " a\r\n\tb\r\n", " a\r\n b\r\n"},
        {"a TAB becomes a space", "a\tb\r\n", "a\tb\r\n", "a b\r\n"},
        {"runs of blanks", "a \t  b  \r\n", "a \t  b  \r\n", "a b\r\n"},
        {"a lone LF is text", "a\nb \n\r\n", "a\nb \n\r\n", "a\nb \n\r\n"},
        {"a lone CR is text", "a\rb\r\n", "a\rb\r\n", "a\rb\r\n"},
        {"blanks before a lone CR stay one", "a  \rb\r\n", "a  \rb\r\n", "a \rb\r\n"},
        {"blanks behind a lone CR", "a\r  b\r\n", "a\r  b\r\n", "a\r b\r\n"},
        {"two CRs before an LF", "a\r\r\nb", "a\r\r\nb\r\n", "a\r\r\nb\r\n"},
        {"a CR at the very end", "a\r", "a\r\r\n", "a\r\r\n"},
        {"only a CR", "\r", "\r\r\n", "\r\r\n"},
        {"a blank and a CR at the very end", "a \r", "a \r\r\n", "a \r\r\n"},
        {"only an LF", "\n", "\n\r\n", "\n\r\n"},
        {"an LF behind a CRLF", "a\r\n\nb\r\n", "a\r\n\nb\r\n", "a\r\n\nb\r\n"},
        {"no-break space is no blank", "a\xc2\xa0 \r\n", "a\xc2\xa0 \r\n", "a\xc2\xa0\r\n"},
        {"NUL is text", std::string("a\0 \r\n", 5), std::string("a\0 \r\n", 5), std::string("a\0\r\n", 4)},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(simple(c.body) == c.simple);
        CHECK(relaxed(c.body) == c.relaxed);
        CHECK(by_definition(Canonicalization::simple, c.body) == c.simple);
        CHECK(by_definition(Canonicalization::relaxed, c.body) == c.relaxed);
        for (std::size_t first = 0; first <= c.body.size(); ++first) {
            for (std::size_t second = first; second <= c.body.size(); ++second) {
                const std::string_view text = c.body;
                const std::vector<std::string_view> pieces = {
                    text.substr(0, first), text.substr(first, second - first), text.substr(second)};
                CAPTURE(first, second);
                CHECK(canonical(Canonicalization::simple, pieces) == c.simple);
                CHECK(canonical(Canonicalization::relaxed, pieces) == c.relaxed);
            }
        }
    }
}

TEST_CASE("canonicalizing bytes one at a time and all at once agrees with the definition on random bodies") {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        const std::string body = random_body(random, static_cast<std::size_t>(round) % 400);
        std::vector<std::string_view> single;
        for (std::size_t i = 0; i < body.size(); ++i) {
            single.push_back(std::string_view(body).substr(i, 1));
        }
        for (const auto kind : {Canonicalization::simple, Canonicalization::relaxed}) {
            const std::string expected = by_definition(kind, body);
            REQUIRE(canonical(kind, {body}) == expected);
            REQUIRE(canonical(kind, single) == expected);
        }
    }
}

TEST_CASE("long bodies in pieces of any size agree with the definition") {
    std::mt19937 random(3);
    for (int round = 0; round < 150; ++round) {
        std::string body;
        while (body.size() < 20'000) {
            body += random_body(random, random() % 300);
            body.append(4090 + random() % 8, " \tx\r\n"[random() % 5]); // a run about as long as the buffer
        }
        std::vector<std::string_view> pieces;
        for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(pieces.back().size())) {
            pieces.push_back(rest.substr(0, 1 + random() % 9000));
        }
        for (const auto kind : {Canonicalization::simple, Canonicalization::relaxed}) {
            const std::string expected = by_definition(kind, body);
            REQUIRE(canonical(kind, {body}) == expected);
            REQUIRE(canonical(kind, pieces) == expected);
        }
    }
}

TEST_CASE("a random body cut at every offset has one canonical form") {
    std::mt19937 random(2);
    const std::string body = random_body(random, 1500);
    for (const auto kind : {Canonicalization::simple, Canonicalization::relaxed}) {
        const std::string expected = canonical(kind, {body});
        for (std::size_t cut = 0; cut <= body.size(); ++cut) {
            REQUIRE(canonical(kind, {std::string_view(body).substr(0, cut),
                                     std::string_view(body).substr(cut)}) == expected);
        }
    }
}

TEST_CASE("many line ends that text follows all come out") {
    std::string ends;
    for (int i = 0; i < 1000; ++i) {
        ends += "\r\n";
    }
    CHECK(simple("a" + ends + "b\r\n") == "a" + ends + "b\r\n");
    CHECK(relaxed("a" + ends + "b\r\n") == "a" + ends + "b\r\n");
    CHECK(relaxed("a" + ends) == "a\r\n");
}
