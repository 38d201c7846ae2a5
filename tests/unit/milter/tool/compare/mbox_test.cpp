// mbox files as programs write them, and as they should not be.
#include "milter/tool/compare/mbox.h"

#include "support/catch.h"

#include <algorithm>
#include <string>
#include <vector>

using milter::tool::compare::MboxMessage;
using milter::tool::compare::MboxReader;

namespace {

constexpr std::size_t most = 1000;

std::vector<MboxMessage> read(const std::string& text, std::size_t piece, std::size_t longest = most) {
    MboxReader reader(longest);
    for (std::size_t i = 0; i < text.size(); i += piece) {
        reader.add(std::string_view(text).substr(i, piece));
    }
    reader.finish();
    std::vector<MboxMessage> messages;
    while (auto message = reader.next()) {
        messages.push_back(std::move(*message));
    }
    return messages;
}

// Of each message the sender and the text.
std::string told(const std::string& text, std::size_t piece, std::size_t longest = most) {
    std::string all;
    for (const MboxMessage& one : read(text, piece, longest)) {
        all += "[" + one.sender + "|" + (one.too_large ? "too large" : one.text) + "]";
    }
    return all;
}

} // namespace

TEST_CASE("messages of an mbox, cut at every offset") {
    struct Case {
        const char* name;
        std::string text;
        std::string expected;
    };
    const std::string date = " Thu Jan  1 00:00:00 2026\n";
    const Case cases[]{
        {"one", "From a@b.example" + date + "S: 1\n\nx\n", "[a@b.example|S: 1\n\nx\n]"},
        {"the empty line between two is of neither",
         "From a" + date + "S: 1\n\nx\n\nFrom b" + date + "S: 2\n\ny\n\n", "[a|S: 1\n\nx\n][b|S: 2\n\ny\n]"},
        {"CRLF", "From a\r\nS: 1\r\n\r\nx\r\n\r\nFrom b\r\nS: 2\r\n\r\n",
         "[a|S: 1\r\n\r\nx\r\n][b|S: 2\r\n]"},
        {"no empty line, but a date", "From a" + date + "S: 1\n\nx\nFrom b" + date + "S: 2\n",
         "[a|S: 1\n\nx\n][b|S: 2\n]"},
        {"a sentence", "From a" + date + "S: 1\n\nx\nFrom here on it rains.\n",
         "[a|S: 1\n\nx\nFrom here on it rains.\n]"},
        {"a sentence that was marked", "From a" + date + "\n\n>From here\n>>From there\n>Fro\n",
         "[a|\n\nFrom here\n>From there\n>Fro\n]"},
        {"no line end", "From a\nS: 1\n\nx", "[a|S: 1\n\nx]"},
        {"NUL and a bare CR", std::string("From a\nS: 1\n\n\0\rx\n", 17),
         std::string("[a|S: 1\n\n\0\rx\n]", 14)},
        {"nothing behind the line", "From a\n", "[a|]"},
        {"empty lines at the beginning", "\n\nFrom a\nS: 1\n", "[a|S: 1\n]"},
        {"nothing", "", ""},
    };
    for (const Case& c : cases) {
        for (std::size_t piece = 1; piece <= c.text.size() + 1; ++piece) {
            INFO(c.name << ", pieces of " << piece);
            CHECK(told(c.text, piece) == c.expected);
        }
    }
}

TEST_CASE("what is too large is told and takes no memory") {
    const std::string large = "From a\nS: 1\n\n" + std::string(200'000, 'x') + "\n\nFrom b\nS: 2\n\ny\n";
    CHECK(told(large, 4096) == "[a|too large][b|S: 2\n\ny\n]");
    const std::string kept = "From a\n\n" + std::string(200'000, 'x') + "From b Thu Jan  1 00:00:00 2026\n";
    const auto messages = read(kept, 4096, 1'000'000);
    REQUIRE(messages.size() == 1); // within a line nothing begins
    CHECK(messages.front().text.size() == kept.size() - 7);
}

TEST_CASE("a file that does not begin as an mbox is none") {
    for (const char* text : {"S: 1\n\nx\n", "x", "Fromage\n"}) {
        MboxReader reader(most);
        reader.add(text);
        reader.finish();
        CHECK_FALSE(reader.is_mbox());
        CHECK_FALSE(reader.next());
    }
}
