#include "crypto/digest.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>

namespace {

std::string hex(const crypto::Sha256& digest) {
    std::string text;
    for (const auto octet : digest) {
        text += fmt::format("{:02x}", octet);
    }
    return text;
}

} // namespace

TEST_CASE("SHA-256 gives the published values") {
    struct Case {
        std::string text;
        std::string expected;
    };
    const Case cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CHECK(hex(crypto::sha256(c.text)) == c.expected);
        for (std::size_t cut = 0; cut <= c.text.size(); ++cut) {
            crypto::Sha256Digest digest;
            digest.update(std::string_view(c.text).substr(0, cut));
            digest.update(std::string_view(c.text).substr(cut));
            CHECK(hex(digest.finish()) == c.expected);
        }
    }
}

TEST_CASE("a digest survives being moved") {
    crypto::Sha256Digest first;
    first.update("ab");
    crypto::Sha256Digest second = std::move(first);
    second.update("c");
    CHECK(second.finish() == crypto::sha256("abc"));
}
