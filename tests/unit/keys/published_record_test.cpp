#include "keys/published_record.h"

#include "base/base64.h"
#include "crypto/public_key.h"
#include "support/catch.h"
#include "support/keys.h"

#include <string>

TEST_CASE("a record publishes what verifies the key's signatures") {
    const auto key = crypto::SigningKey::from_pem(support::rsa_pem);
    REQUIRE(key);
    const std::string value = keys::record_value(*key);
    const std::string start = "v=DKIM1; k=rsa; p=";
    REQUIRE(value.starts_with(start));
    const auto bytes = base::base64_decode(value.substr(start.size()));
    REQUIRE(bytes);
    const auto published = crypto::PublicKey::rsa(*bytes);
    REQUIRE(published);
    const crypto::Sha256 digest = crypto::sha256("message");
    CHECK(published->verify(digest, key->sign(digest).value()));
}

TEST_CASE("a record of an Ed25519 key has 44 characters of key") {
    const auto key = crypto::SigningKey::from_pem(support::ed25519_pem);
    REQUIRE(key);
    const std::string value = keys::record_value(*key);
    CHECK(value.starts_with("v=DKIM1; k=ed25519; p="));
    CHECK(value.size() == std::string("v=DKIM1; k=ed25519; p=").size() + 44);
}

TEST_CASE("lines for zone files") {
    struct Case {
        std::string name;
        std::string value;
        std::string line;
    };
    const std::string a255(255, 'a');
    const Case cases[]{
        {"short", "v=DKIM1; p=x", R"(s._domainkey.example.com. IN TXT ( "v=DKIM1; p=x" ))"},
        {"just one string", a255, "s._domainkey.example.com. IN TXT ( \"" + a255 + "\" )"},
        {"one octet more", a255 + "b", "s._domainkey.example.com. IN TXT ( \"" + a255 + "\" \"b\" )"},
        {"three strings", a255 + a255 + "c",
         "s._domainkey.example.com. IN TXT ( \"" + a255 + "\" \"" + a255 + "\" \"c\" )"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(keys::zone_line(keys::record_name("s", "example.com"), c.value) == c.line);
    }
}

TEST_CASE("a record as opendkim-genkey writes it") {
    const auto key = crypto::SigningKey::from_pem(support::rsa_pem);
    REQUIRE(key);
    const auto whole = base::base64_encode(key->public_record_bytes());
    CHECK(keys::opendkim_record({"s1", "example.org"}, *key, false) ==
          "s1._domainkey\tIN\tTXT\t( \"v=DKIM1; h=sha256; k=rsa; \"\n\t  \"p=" + whole +
              "\" )  ; ----- DKIM key s1 for example.org");
    CHECK(keys::opendkim_record({"s1", "example.org"}, *key, true)
              .starts_with("s1._domainkey.example.org.\tIN"));
    const auto long_key = crypto::SigningKey::generate(crypto::KeyType::rsa, 2048);
    REQUIRE(long_key);
    const auto p = base::base64_encode(long_key->public_record_bytes());
    CHECK(keys::opendkim_record({"s1", "example.org"}, *long_key, false)
              .find("\"p=" + p.substr(0, 250) + "\"\n\t  \"" + p.substr(250) + "\" )") != std::string::npos);
}
