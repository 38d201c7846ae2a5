#include "crypto/mac.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>

namespace {

std::string hex(const crypto::Sha256& code) {
    std::string text;
    for (const auto octet : code) {
        text += fmt::format("{:02x}", octet);
    }
    return text;
}

// 32 octets of 0x0b.
constexpr auto key_text = "CwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCwsLCws=";

} // namespace

TEST_CASE("a code is HMAC-SHA256") {
    const auto key = crypto::MacKey::read(std::string(" ") + key_text + "\n");
    REQUIRE(key);
    CHECK(key->print() == key_text);
    // As Python's hmac has it.
    CHECK(hex(key->code("Hi There")) == "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
}

TEST_CASE("keys are random, and what is no key is refused") {
    CHECK(crypto::MacKey::generate().print() != crypto::MacKey::generate().print());
    CHECK(crypto::random_octets<16>() != crypto::random_octets<16>());
    for (const auto* text : {"", "CwsL", "not base64 at all, but of some length ......"}) {
        CAPTURE(text);
        CHECK_FALSE(crypto::MacKey::read(text));
    }
}

TEST_CASE("secrets are the same in all octets or not the same") {
    CHECK(crypto::same_secret("abc", "abc"));
    CHECK_FALSE(crypto::same_secret("abc", "abd"));
    CHECK_FALSE(crypto::same_secret("abc", "ab"));
}
