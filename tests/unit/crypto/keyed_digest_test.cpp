#include "crypto/keyed_digest.h"

#include "support/catch.h"

#include <string>

// The example that is best known ("Jefe"): a key and a text that are shorter than a block.
TEST_CASE("a keyed digest") {
    const crypto::Sha256 digest = crypto::keyed_digest("Jefe", "what do ya want for nothing?");
    CHECK(digest.front() == 0x5b);
    CHECK(digest[1] == 0xdc);
    CHECK(digest[30] == 0x38);
    CHECK(digest.back() == 0x43);
    CHECK(crypto::keyed_digest("Jefe", "") != crypto::keyed_digest("", "Jefe"));
    CHECK(crypto::keyed_digest(std::string(200, 'k'), "") != crypto::keyed_digest(std::string(199, 'k'), ""));
}
