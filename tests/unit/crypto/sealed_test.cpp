#include "crypto/sealed.h"

#include "support/catch.h"

using crypto::SealingKey;

TEST_CASE("what was sealed is opened by the same key for the same place, and by nothing else") {
    const auto key = SealingKey::generate();
    for (const std::string text :
         {"", "x", "a journal\nof two lines\n", "0123456789abcdef0123456789abcdef0"}) {
        const auto sealed = key.seal("store/example.org/7", text);
        CHECK(key.open("store/example.org/7", sealed) == text);
        CHECK((text.size() < 2 || sealed.find(text) == std::string::npos));
        CHECK_FALSE(key.open("store/example.org/8", sealed));
        CHECK_FALSE(key.open("store/example.net/7", sealed));
        CHECK_FALSE(key.open("", sealed));
        CHECK_FALSE(SealingKey::generate().open("store/example.org/7", sealed));
        CHECK(key.seal("store/example.org/7", text) != sealed);
    }
}

TEST_CASE("not a bit of what was sealed can be changed, and no octet added or left out") {
    const auto key = SealingKey::generate();
    const auto sealed = key.seal("place", "text of some length");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto other = sealed;
            other[i] = static_cast<char>(static_cast<unsigned char>(other[i]) ^ (1U << bit));
            CAPTURE(i, bit);
            CHECK_FALSE(key.open("place", other));
        }
        CHECK_FALSE(key.open("place", sealed.substr(0, i)));
        CHECK_FALSE(key.open("place", sealed.substr(i + 1)));
    }
    CHECK_FALSE(key.open("place", sealed + '\0'));
}

TEST_CASE("a sealing key is read in two forms") {
    const std::string hex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
    const std::string base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const auto key = SealingKey::read(hex);
    REQUIRE(key);
    CHECK(key->print() == base64);
    const auto other = SealingKey::read(" " + base64 + "\r\n");
    REQUIRE(other);
    CHECK(other->open("x", key->seal("x", "text")) == "text");
    for (const std::string wrong : {"", "\n", "secret", "00", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
                                    "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}) {
        CAPTURE(wrong);
        CHECK_FALSE(SealingKey::read(wrong));
    }
    CHECK_FALSE(SealingKey::read(hex + "00"));
    CHECK_FALSE(SealingKey::read(hex + "\n" + hex));
}
