#include "keys/key_material.h"

#include "support/catch.h"
#include "support/keys.h"

#include <algorithm>
#include <string>

namespace {

std::string replace_line_ends(std::string_view pem, std::string_view by) {
    std::string result;
    for (const char c : pem) {
        result += c == '\n' ? by : std::string_view(&c, 1);
    }
    return result;
}

// What stands between the first and the last line.
std::string base64_of(std::string_view pem) {
    const auto start = pem.find('\n') + 1;
    return replace_line_ends(pem.substr(start, pem.find("\n-----END") - start), "");
}

} // namespace

TEST_CASE("a key reads alike from every form") {
    const std::string rsa = crypto::SigningKey::from_pem(support::rsa_pem)->public_record_bytes();
    const std::string ed25519 = crypto::SigningKey::from_pem(support::ed25519_pem)->public_record_bytes();
    struct Case {
        std::string name;
        std::string text;
        const std::string& key;
    };
    const Case cases[]{
        {"PEM", std::string(support::rsa_pem), rsa},
        {"PEM of an Ed25519 key", std::string(support::ed25519_pem), ed25519},
        {"PEM with carriage returns", replace_line_ends(support::rsa_pem, "\r\n"), rsa},
        {"PEM with blanks for line ends", replace_line_ends(support::rsa_pem, " "), rsa},
        {"PEM without line ends", replace_line_ends(support::rsa_pem, ""), rsa},
        {"PEM of an Ed25519 key on one line", replace_line_ends(support::ed25519_pem, ""), ed25519},
        {"PKCS#1 as DER in base64", base64_of(support::rsa_pem), rsa},
        {"PKCS#8 as DER in base64", base64_of(support::ed25519_pem), ed25519},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::looks_like_key(c.text));
        const auto key = keys::parse_key(c.text);
        REQUIRE(key);
        CHECK(key->public_record_bytes() == c.key);
    }
}

TEST_CASE("what is no key is refused without being repeated") {
    struct Case {
        std::string name;
        std::string text;
        bool looks;
    };
    const std::string rsa(support::rsa_pem);
    const Case cases[]{
        {"nothing", "", false},
        {"words", "not a key", false},
        {"a path", "keys/a.pem", false},
        {"base64 of something", "aGVsbG8=", true},
        {"a PEM label alone", "-----BEGIN PRIVATE KEY-----", true},
        {"a PEM label that does not end", "-----BEGIN ", true},
        {"half a key", rsa.substr(0, rsa.size() / 2), true},
        {"half a key in base64", base64_of(support::rsa_pem).substr(0, 400), true},
        {"only the end", "-----BEGIN -----END PRIVATE KEY-----", true},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::looks_like_key(c.text) == c.looks);
        const auto key = keys::parse_key(c.text);
        REQUIRE_FALSE(key);
        CHECK(key.error().find("MII") == std::string::npos);
        CHECK_FALSE(key.error().empty());
    }
}
