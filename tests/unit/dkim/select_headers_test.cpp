#include "dkim/select_headers.h"

#include "message/parse_message.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

std::string selected(const std::string& header, const std::vector<std::string>& names,
                     std::size_t excluded = 1000) {
    const auto message = message::parse_message(header + "\r\n");
    REQUIRE(message);
    std::string bodies;
    for (const auto* field : dkim::select_headers(message->headers, names, excluded)) {
        bodies += bodies.empty() ? "" : " ";
        bodies += field->body();
    }
    return bodies;
}

} // namespace

TEST_CASE("names take fields from the bottom upward", "[rfc6376-5.4.2]") {
    const std::string header = "A:a1\r\nB:b1\r\nA:a2\r\nC:c1\r\na:a3\r\n";
    struct Case {
        std::string name;
        std::vector<std::string> names;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"nothing named", {}, ""},
        {"the lowest of several", {"a"}, "a3"},
        {"two of three", {"a", "a"}, "a3 a2"},
        {"all three", {"a", "a", "a"}, "a3 a2 a1"},
        {"more than there are", {"a", "a", "a", "a", "a"}, "a3 a2 a1"},
        {"mixed with others", {"a", "b", "a", "c"}, "a3 b1 a2 c1"},
        {"an absent field in the middle", {"b", "x", "c"}, "b1 c1"},
        {"the order of the list, not of the header", {"c", "b"}, "c1 b1"},
        {"names without regard to case", {"A", "a"}, "a3 a2"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(selected(header, c.names) == c.expected);
    }
}

TEST_CASE("the signature's own field is never taken", "[rfc6376-3.5]") {
    const std::string header = "S:own\r\nS:other\r\nA:a\r\nS:third\r\n";
    CHECK(selected(header, {"s", "s", "s"}, 0) == "third other");
    CHECK(selected(header, {"s", "s", "s"}, 3) == "other own");
}
