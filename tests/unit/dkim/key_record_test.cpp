#include "dkim/key_record.h"

#include "support/catch.h"

#include <string>
#include <vector>

namespace {

std::string printed(const std::string& text) {
    const auto record = dkim::parse_key_record(text);
    return record ? dkim::print(*record) : "refused: " + record.error().message;
}

} // namespace

TEST_CASE("key records are read by RFC 6376 3.6.1", "[rfc6376-3.6.1]") {
    struct Case {
        std::string name;
        std::string text;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"only a key", "p=YWJj", "v=DKIM1; k=rsa; p=YWJj"},
        {"all defaults written out", "v=DKIM1; h=sha1:sha256; k=rsa; n=note; s=*; t=; p=YWJj",
         "v=DKIM1; k=rsa; p=YWJj"},
        {"Ed25519", "v=DKIM1; k=ed25519; p=YWJj", "v=DKIM1; k=ed25519; p=YWJj"},
        {"a type in capitals", "k=RSA; p=YWJj", "v=DKIM1; k=rsa; p=YWJj"},
        {"an unknown type", "k=dsa; p=YWJj", "v=DKIM1; k=unknown; p=YWJj"},
        {"the type of an algorithm's name", "k=ed25519-sha256; p=YWJj", "v=DKIM1; k=unknown; p=YWJj"},
        {"a revoked key", "v=DKIM1; p=", "v=DKIM1; k=rsa; p="},
        {"blanks inside the key", "p= Y W\tJj ; k=rsa", "v=DKIM1; k=rsa; p=YWJj"},
        {"only sha1", "h=sha1; p=YWJj", "v=DKIM1; k=rsa; h=none; p=YWJj"},
        {"sha256 among unknown ones", "h=x : SHA256; p=YWJj", "v=DKIM1; k=rsa; p=YWJj"},
        {"an empty list of hashes", "h=; p=YWJj", "v=DKIM1; k=rsa; h=none; p=YWJj"},
        {"for email", "s=email; p=YWJj", "v=DKIM1; k=rsa; p=YWJj"},
        {"for email among others", "s=x : email; p=YWJj", "v=DKIM1; k=rsa; p=YWJj"},
        {"for something else", "s=tlsrpt; p=YWJj", "v=DKIM1; k=rsa; s=none; p=YWJj"},
        {"testing", "t=y; p=YWJj", "v=DKIM1; k=rsa; t=y; p=YWJj"},
        {"no subdomains", "t=s; p=YWJj", "v=DKIM1; k=rsa; t=s; p=YWJj"},
        {"both flags and an unknown one", "t=s : x : y; p=YWJj", "v=DKIM1; k=rsa; t=y:s; p=YWJj"},
        {"the retired g=", "g=; p=YWJj", "v=DKIM1; k=rsa; p=YWJj"},
        {"unknown tags", "zz=1; p=YWJj;", "v=DKIM1; k=rsa; p=YWJj"},
        {"nothing", "", "refused: a tag name was expected"},
        {"no key", "v=DKIM1; k=rsa", "refused: missing tag: p"},
        {"another version", "v=DKIM2; p=YWJj", "refused: not a DKIM1 record"},
        {"a version in lower case", "v=dkim1; p=YWJj", "refused: not a DKIM1 record"},
        {"a version that is not first", "p=YWJj; v=DKIM1", "refused: not a DKIM1 record"},
        {"another record", "v=spf1 include:example.org -all", "refused: not a DKIM1 record"},
        {"free text", "some words", "refused: '=' was expected after tag name some"},
        {"a tag twice", "p=YWJj; p=YWJj", "refused: tag p= occurs twice"},
        {"no base64", "p=YW*j", "refused: invalid base64 in p="},
        {"base64 cut short", "p=YWJ", "refused: invalid base64 in p="},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(printed(c.text) == c.expected);
    }
}

TEST_CASE("print() is read back to the same record") {
    for (const std::string text : {"p=YWJj", "k=x; h=sha1; s=x; t=y:s; p=YWJj", "k=ed25519; t=s; p="}) {
        const auto record = dkim::parse_key_record(text);
        REQUIRE(record);
        const auto again = dkim::parse_key_record(dkim::print(*record));
        REQUIRE(again);
        CHECK(*again == *record);
    }
}
