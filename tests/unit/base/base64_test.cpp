#include "base/base64.h"

#include "support/catch.h"

#include <optional>
#include <random>
#include <string>
#include <string_view>

TEST_CASE("base64 is that of RFC 4648", "[base][rfc4648-10]") {
    struct Case {
        const char* bytes;
        const char* text;
    };
    const auto c = GENERATE(values<Case>({
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    }));
    CHECK(base::base64_encode(c.bytes) == c.text);
    CHECK(base::base64_decode(c.text) == c.bytes);
}

TEST_CASE("what no encoder writes is refused", "[base][rfc4648-3]") {
    for (const char* const text : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9", "Zm9v\n",
                                   "Z===", "====", "==", "Zg==Zg==", "Zm-_", "Z=g=", "Zm9\xc3"}) {
        CAPTURE(text);
        CHECK_FALSE(base::base64_decode(text).has_value());
    }
}

TEST_CASE("random bytes survive, and one text stands for one value", "[base][property]") {
    std::mt19937 random(64);
    std::uniform_int_distribution<int> octet(0, 255);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes;
        while (bytes.size() < size) {
            bytes += static_cast<char>(octet(random));
        }
        const std::string text = base::base64_encode(bytes);
        REQUIRE(text.size() == (size + 2) / 3 * 4);
        REQUIRE(base::base64_decode(text) == bytes);
    }
}
