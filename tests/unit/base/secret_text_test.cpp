#include "base/secret_text.h"

#include "base/base64.h"
#include "support/catch.h"
#include "support/key_spellings.h"
#include "support/keys.h"

#include <random>
#include <sstream>
#include <string>

namespace {

using test::broken;
using test::hex;
using test::url_safe;

std::string random_octets(std::size_t count, std::mt19937& random) {
    std::string octets(count, '\0');
    for (char& c : octets) {
        c = static_cast<char>(random() & 0xffU);
    }
    return octets;
}

} // namespace

TEST_CASE("keys in every dress are seen", "[base]") {
    for (const std::string_view pem :
         {support::rsa_pem, support::rsa_512_pem, support::ed25519_pem, support::p256_pem}) {
        CHECK(base::is_surely_key(pem));
        std::istringstream lines{std::string(pem)};
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK((line.size() < 24 || base::may_be_key(line)));
        }
    }
    std::mt19937 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const std::string seed = base::base64_encode(random_octets(32, random));
        CAPTURE(seed);
        CHECK(base::is_surely_key(seed));
        CHECK(base::is_surely_key(url_safe(seed)));
        CHECK(base::is_surely_key("k1 example.org:s1:" + seed));
        CHECK(base::quoted(seed) == "(44 characters, not shown: they could be a key)");
    }
    CHECK(base::is_surely_key(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")); // RFC 8032 7.1
    CHECK(base::may_be_key(
        std::string("\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20\xe9\xcd", 18)));
}

TEST_CASE("keys in pieces are seen", "[base]") {
    std::mt19937 random(2);
    std::size_t missed_words = 0;
    for (int i = 0; i < 5'000; ++i) {
        const std::string octets = random_octets(48, random);
        const std::string seed = base::base64_encode(octets);
        CAPTURE(seed);
        for (const std::size_t width : {8U, 12U, 16U, 20U}) {
            for (const std::string gap : {" ", "\n", "\r\n    ", "\", \"", "\\n"}) {
                CAPTURE(width, gap);
                CHECK(base::may_be_key(broken(seed, width, gap)));
            }
        }
        missed_words += base::may_be_key(seed.substr(0, 16)) ? 0U : 1U;
        const std::string digits = hex(octets.substr(0, 32));
        for (const std::string gap : {":", " ", ":\n    ", "-", ", ", ",0x", "\\x"}) {
            CAPTURE(gap);
            CHECK(base::is_surely_key(broken(digits, 2, gap)));
            CHECK(base::may_be_key(broken(digits.substr(0, 30), 2, gap))); // a line of openssl -text
            CHECK(base::is_surely_key("priv:" + gap + broken(digits, 2, gap)));
        }
        CHECK(base::may_be_key(broken(digits, 8, " ")));
        CHECK(base::may_be_key(broken(digits, 16, "\n")));
    }
    CHECK(missed_words < 5'000 / 12); // one word of 16 alone may look like a name
}

TEST_CASE("names, paths and settings are shown", "[base]") {
    for (const std::string_view text :
         {"s2026",
          "example.org",
          "selector1-example-onmicrosoft-com",
          "*@mail.customer-of-ours.example.org",
          "/etc/paraph/keys/example.org/s2026.pem",
          "/etc/opendkim/keys/mail.example.org/default.private",
          "/usr/local/share/paraph/configuration/tables/KeyTable",
          "ug7nbtf4gccmlpwj322ax3p6ow6yfsug._domainkey",
          "MaximumSignaturesToVerify",
          "AuthservIDWithJobID",
          "On-KeyNotFound",
          "SelectCanonicalizationHeader",
          "RemoveARFrom,RemoveOldSignatures",
          "signing.require_safe_keys",
          "Disposition-Notification-To",
          "MinimumKeyBitsOfSignatures",
          "UnprotectedKeyAndBogusKeyActions",
          "file:/etc/OpenDKIM/SigningTable",
          "tables of the kind 'ldap:' are not supported",
          "newsletter+unsubscribe@customers.example.com",
          "0123456789",
          "2001:db8:1234:5678:9abc:def0:1234:5678",
          "10.0.0.0/8, 192.168.0.0/16",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
          "X-Quarantine-Because-Of-DMARC",
          "Disposition-Notification-To, Return-Receipt-To, Content-Transfer-Encoding, X-Confirm-Reading-To",
          "SigningTable, KeyTable, ExternalIgnoreList, InternalHosts, MinimumKeyBits, AuthservIDWithJobID",
          "RemoveARFrom RemoveOldSignatures OversignHeaders RequireSafeKeys SubDomains",
          "*@customer1.example customer1 customer2024 customer3beta customer4gamma",
          "mailserver01 mailserver02 mailserver03 mailserver04 mailserver05",
          "fe80:0000:0000:0000:0204:61ff:fe9d:f156, 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
          "fe80::1, fe80::2, 10.11.12.13, 20.21.22.23, 30.31.32.33",
          "00:1a:2b:3c:4d:5e",
          "02:42:ac:ff:fe:11:00:02",
          "10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29",
          "10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20",
          "2026-11-28 19:09:14 and 2026-11-29 20:10:15",
          "123e4567-e89b-42d3-8456-426614174000",
          "the following arguments were not expected: --configuration-file",
          "/srv/mail/configuration/domains/example.org/private keys/selector2026.pem"}) {
        CAPTURE(text);
        CHECK_FALSE(base::may_be_key(text));
        CHECK(base::shown(text, 200) == text);
    }
    CHECK_FALSE(
        base::is_surely_key("da39a3ee5e6b4b0d3255bfef95601890afd80709")); // selectors are digests at times
    CHECK_FALSE(base::is_surely_key(
        "key generate --domain example.org --selector "
        "da39a3ee5e6b4b0d3255bfef95601890afd80709 --type ed25519 --out-dir /nonexistent"));
    CHECK(base::is_surely_key("--key MC4CAQAwBQYDK2Vw BCIEIOnNhD/V+tsS WelNDipB+mo5ZNSA 4DnPBo9jdOppU0kl"));
    CHECK(base::quoted("a\tb") == "'a\\x09b'");
    CHECK(base::quoted(std::string(100, 'a')) == "'" + std::string(80, 'a') + "...'");
}

TEST_CASE("of a path only what is not there can be a key", "[base]") {
    const auto exists = [](const std::string& path) {
        return path == "/tmp" || path == "/tmp/tmp.Q7x2Lm9ZpK/conf";
    };
    struct Case {
        std::string path;
        std::string shown;
    };
    const std::string key = "MC4CAQAwBQYDK2VwBCIEIOnNhD/V+tsSWelNDipB+mo5ZNSA4DnPBo9jdOppU0kl";
    const Case cases[]{
        {"/etc/paraph/none.pem", "/etc/paraph/none.pem"},
        {"/tmp/tmp.Q7x2Lm9ZpK/conf/KeyTable", "/tmp/tmp.Q7x2Lm9ZpK/conf/KeyTable"},
        {"/tmp/" + key, "/tmp/(64 characters, not shown: they could be a key)"},
        {"/tmp/tmp.Q7x2Lm9ZpK/conf/" + key,
         "/tmp/tmp.Q7x2Lm9ZpK/conf/(64 characters, not shown: they could be a key)"},
        {key, "(64 characters, not shown: they could be a key)"},
        {"/" + key, "(65 characters, not shown: they could be a key)"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.path);
        CHECK(base::shown_path(c.path, exists) == c.shown);
    }
}
