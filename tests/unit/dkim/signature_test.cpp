#include "dkim/signature.h"

#include "support/catch.h"

#include <limits>
#include <string>
#include <vector>

namespace {

// 32 octets, as a body hash has.
const std::string bh = "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; ";
const std::string core = "v=1; a=rsa-sha256; d=example.org; s=sel; " + bh + "b=YWJj";
const std::string with_h = core + "; h=from:to";

std::string complaint(const std::string& body) {
    const auto signature = dkim::parse_signature(body);
    return signature ? "" : signature.error().reason;
}

// The core with one tag's value replaced, or the tag added when it is not there.
std::string with(const std::string& name, const std::string& value) {
    std::string body;
    const std::pair<std::string, std::string> tags[] = {
        {"v", "1"},
        {"a", "rsa-sha256"},
        {"d", "example.org"},
        {"s", "sel"},
        {"b", "YWJj"},
        {"h", "from:to"},
        {"bh", "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="}};
    for (const auto& [tag, standard] : tags) {
        if (tag != name) {
            body += tag + "=" + standard + "; ";
        }
    }
    return body + name + "=" + value;
}

} // namespace

TEST_CASE("a signature with only the required tags has the defaults of RFC 6376 3.5", "[rfc6376-3.5]") {
    const auto signature = dkim::parse_signature(with_h);
    REQUIRE(signature);
    CHECK(signature->algorithm == crypto::SignatureAlgorithm::rsa_sha256);
    CHECK(signature->header_canonicalization == dkim::Canonicalization::simple);
    CHECK(signature->body_canonicalization == dkim::Canonicalization::simple);
    CHECK(signature->domain.text() == "example.org");
    CHECK(signature->selector == "sel");
    CHECK(signature->signature == "abc");
    CHECK(signature->signature_text == "YWJj");
    CHECK(signature->body_hash.size() == 32);
    CHECK(signature->signed_fields == std::vector<std::string>{"from", "to"});
    CHECK(signature->identity == "@example.org");
    CHECK(signature->identity_at_domain);
    CHECK_FALSE(signature->body_length);
    CHECK_FALSE(signature->timestamp);
    CHECK_FALSE(signature->expiration);
}

TEST_CASE("values are read as RFC 6376 3.5 allows them", "[rfc6376-3.5]") {
    struct Case {
        std::string tag;
        std::string value;
        std::string printed; // what print() makes of it
    };
    const std::vector<Case> cases = {
        {"a", "ED25519-SHA256", "a=ed25519-sha256;"},
        {"a", "rsa-sha1", "a=rsa-sha1;"},
        {"b", " Y W\r\n\tJj ", "b=YWJj"},
        {"c", "relaxed", "c=relaxed/simple;"},
        {"c", "simple/relaxed", "c=simple/relaxed;"},
        {"c", "Relaxed/RELAXED", "c=relaxed/relaxed;"},
        {"d", "Sub.Example.ORG", "d=Sub.Example.ORG;"},
        {"s", "A.b_c", "s=a.b_c;"},
        {"h", "From : TO :\r\n\tfrom:x-y!", "h=from:to:from:x-y!;"},
        {"i", "joe@example.org", "i=joe@example.org;"},
        {"i", "@sub.example.org", "i=@sub.example.org;"},
        {"i", "@EXAMPLE.org", "i=@EXAMPLE.org;"},
        {"i", "a=3Bb@example.org", "refused"}, // a semicolon stands in no local-part but a quoted one
        {"i", "=22a=3Bb=22@example.org", "i=\"a=3Bb\"@example.org;"},
        {"i", "a..b@example.org", "i=a..b@example.org;"},
        {"i", "jos\xc3\xa9@example.org", "i=jos=C3=A9@example.org;"},
        {"l", "0", "l=0;"},
        {"l", "0012", "l=12;"},
        {"l", std::string(76, '9'), "l=18446744073709551615;"},
        {"t", "1117574938", "t=1117574938;"},
        {"x", "999999999999", "x=999999999999;"},
        {"q", "dns/txt", "v=1;"},
        {"q", "other : DNS/txt", "v=1;"},
        {"z", "From:foo@example.org|To : joe=7C|\r\n Subject:demo=20run", "v=1;"},
        {"unknown", "any thing", "v=1;"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.tag, c.value);
        const auto signature = dkim::parse_signature(with(c.tag, c.value));
        const std::string printed = signature ? dkim::print(*signature) : "refused";
        CHECK(printed.find(c.printed) != std::string::npos);
    }
}

TEST_CASE("any inconsistency refuses the signature", "[rfc6376-6.1.1]") {
    struct Case {
        std::string tag;
        std::string value;
        std::string expected;
    };
    const std::string nul(1, '\0');
    const std::vector<Case> cases = {
        {"v", "2", "unsupported version"},
        {"v", "01", "unsupported version"},
        {"v", "", "unsupported version"},
        {"v", "1.0", "unsupported version"},
        {"a", "rsa-md5", "unsupported algorithm"},
        {"a", "", "unsupported algorithm"},
        {"a", "rsa-sha256x", "unsupported algorithm"},
        {"b", "", "invalid base64 in b="},
        {"b", "YWJ", "invalid base64 in b="},
        {"b", "YWJj=", "invalid base64 in b="},
        {"b", "YW-_", "invalid base64 in b="},
        {"bh", "", "invalid base64 in bh="},
        {"bh", "x", "invalid base64 in bh="},
        {"c", "", "unsupported canonicalization"},
        {"c", "nowsp", "unsupported canonicalization"},
        {"c", "relaxed/", "unsupported canonicalization"},
        {"c", "/relaxed", "unsupported canonicalization"},
        {"c", "relaxed/relaxed/relaxed", "unsupported canonicalization"},
        {"d", "", "invalid domain"},
        {"d", "org", "invalid domain"},
        {"d", "example.org.", "invalid domain"},
        {"d", "exa mple.org", "invalid domain"},
        {"d", "a..org", "invalid domain"},
        {"d", std::string(64, 'a') + ".org", "invalid domain"},
        {"d", "victim.example(.attacker.example", "invalid domain"},
        {"d", "victim.example'.attacker.example", "invalid domain"},
        {"d", "victim.example\".attacker.example", "invalid domain"},
        {"d", "victim.example" + nul + ".attacker.example",
         "syntax error: the value of d= holds an illegal character"},
        {"d", "victim.example\xe2\x80\x80.attacker.example", "invalid domain"},
        {"s", "", "invalid selector"},
        {"s", "a.", "invalid selector"},
        {"s", "a..b", "invalid selector"},
        {"s", "a/b", "invalid selector"},
        {"s", "any._domainkey.victim.example" + nul + ".x",
         "syntax error: the value of s= holds an illegal character"},
        {"h", "", "invalid field name in h="},
        {"h", "to", "From field not signed"},
        {"h", "xfrom:from-x", "From field not signed"},
        {"h", "from::to", "invalid field name in h="},
        {"h", "from:", "invalid field name in h="},
        {"h", "from:a b", "invalid field name in h="},
        {"h", "from:\xc3\xa9", "invalid field name in h="},
        {"i", "", "invalid identity"},
        {"i", "example.org", "invalid identity"},
        {"i", "joe@", "invalid identity"},
        {"i", "joe@org", "invalid identity"},
        {"i", "joe=@example.org", "invalid identity"},
        {"i", "a=00b@example.org", "invalid identity"},
        {"i", "a=20b@example.org", "invalid identity"},
        {"i", "a(b)@example.org", "invalid identity"},
        {"i", "=22a=22b=22@example.org", "invalid identity"},
        {"i", "a=FF@example.org", "invalid identity"},
        {"i", "joe@example.com", "domain mismatch between i= and d="},
        {"i", "joe@badexample.org", "domain mismatch between i= and d="},
        {"i", "joe@example.org@example.com", "invalid identity"},
        {"l", "", "invalid body length"},
        {"l", "-1", "invalid body length"},
        {"l", "1 2", "invalid body length"},
        {"l", "0x10", "invalid body length"},
        {"l", std::string(77, '1'), "invalid body length"},
        {"t", "", "invalid timestamp"},
        {"t", "now", "invalid timestamp"},
        {"t", "-5", "invalid timestamp"},
        {"t", std::string(13, '1'), "invalid timestamp"},
        {"x", "1.5", "invalid timestamp"},
        {"q", "", "no supported query method"},
        {"q", "dns", "no supported query method"},
        {"q", "other/thing", "no supported query method"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.tag, c.value);
        CHECK(complaint(with(c.tag, c.value)) == c.expected);
    }
}

TEST_CASE("z= is for diagnosis and never decides", "[rfc6376-3.5]") {
    for (const std::string z :
         {"", "nothing", "From:a|", "From:a=", "|", ":", "From:=20ann@example.org|To:=20b",
          "From:=20ann=40example.org|\r\n\tMIME-Ver\r\n\tsion:=201.0|Sub\r\n ject:a=2\r\n 0b"}) {
        CAPTURE(z);
        CHECK(complaint(with("z", z)).empty());
    }
}

TEST_CASE("every required tag is required", "[rfc6376-3.5]") {
    CHECK(complaint(core) == "missing tag: h");
    CHECK(complaint("a=rsa-sha256; d=example.org; s=sel; " + bh + "b=YWJj; h=from") == "missing tag: v");
    CHECK(complaint("v=1; d=example.org; s=sel; " + bh + "b=YWJj; h=from") == "missing tag: a");
    CHECK(complaint("v=1; a=rsa-sha256; s=sel; " + bh + "b=YWJj; h=from") == "missing tag: d");
    CHECK(complaint("v=1; a=rsa-sha256; d=example.org; " + bh + "b=YWJj; h=from") == "missing tag: s");
    CHECK(complaint("v=1; a=rsa-sha256; d=example.org; s=sel; " + bh + "h=from") == "missing tag: b");
    CHECK(complaint("v=1; a=rsa-sha256; d=example.org; s=sel; b=YWJj; h=from") == "missing tag: bh");
}

TEST_CASE("a signature must not expire before it was made", "[rfc6376-3.5]") {
    CHECK(complaint(with_h + "; t=100; x=101").empty());
    CHECK(complaint(with_h + "; t=100; x=100") == "expires before it was made");
    CHECK(complaint(with_h + "; t=100; x=99") == "expires before it was made");
    CHECK(complaint(with_h + "; x=99").empty());
}

TEST_CASE("internationalized names are looked up as A-labels and kept as written", "[rfc8616-5]") {
    const auto signature = dkim::parse_signature(with("d", "b\xc3\xbc"
                                                           "cher.example") +
                                                 "; i=@b\xc3\xbc"
                                                 "cher.example");
    REQUIRE(signature);
    CHECK(signature->domain.text() == "xn--bcher-kva.example");
    CHECK(signature->domain_as_written == "b\xc3\xbc"
                                          "cher.example");
    CHECK(signature->identity_at_domain);
    // The same domain in its two forms.
    CHECK(complaint(with("d", "xn--bcher-kva.example") + "; i=@b\xc3\xbc"
                                                         "cher.example")
              .empty());
}

TEST_CASE("the place of b= is that of the tag itself, blanks included", "[rfc6376-3.7]") {
    const std::string body =
        " v=1; a=rsa-sha256; d=example.org; s=sel; h=from:b; " + bh + "n=x b=y; b = YW\r\n\tJj ; z=a:b";
    const auto signature = dkim::parse_signature(body);
    REQUIRE(signature);
    const std::string left =
        body.substr(0, signature->signature_begin) + body.substr(signature->signature_end);
    CHECK(left == " v=1; a=rsa-sha256; d=example.org; s=sel; h=from:b; " + bh + "n=x b=y; b =; z=a:b");
}

TEST_CASE("what is readable of a broken signature is kept for the report", "[rfc8601-2.7.1]") {
    const auto signature =
        dkim::parse_signature("v=9; a=rsa-sha256; d=Example.org; s=Sel; b=YW Jj; bh=x; h=from");
    REQUIRE_FALSE(signature);
    CHECK(signature.error().domain == "example.org");
    CHECK(signature.error().selector == "sel");
    CHECK(signature.error().algorithm == "rsa-sha256");
    CHECK(signature.error().signature_text == "YWJj");

    const auto hostile =
        dkim::parse_signature("v=1; a=a(b; d=victim.example(.x.example; s=a(b; b=a(b; bh=x; h=from");
    REQUIRE_FALSE(hostile);
    CHECK(hostile.error().domain.empty());
    CHECK(hostile.error().selector.empty());
    CHECK(hostile.error().algorithm.empty());
    CHECK(hostile.error().signature_text.empty());
}

TEST_CASE("print() is read back to the same signature, in lines of 78 octets") {
    std::string many = "from";
    for (int i = 0; i < 60; ++i) {
        many += ":field-" + std::to_string(i);
    }
    const std::string bodies[] = {
        with_h,
        core + "; h=" + many + "; t=1; x=2; l=3; c=relaxed/relaxed; i==22a=20b=22@sub.example.org",
        with("b", std::string(684, 'A')),
        with("d", "a-rather-long-label-indeed.and-another-one-that-is-long.example.org"),
    };
    for (const std::string& body : bodies) {
        const auto signature = dkim::parse_signature(body);
        REQUIRE(signature);
        const std::string printed = dkim::print(*signature);
        const auto again = dkim::parse_signature(printed);
        REQUIRE(again);
        CHECK(dkim::print(*again) == printed);
        CHECK(again->signature == signature->signature);
        CHECK(again->signed_fields == signature->signed_fields);
        CHECK(again->identity == signature->identity);
        std::string line = "DKIM-Signature:";
        for (const char c : printed + "\r") {
            if (c == '\r') {
                CHECK(line.size() <= 78);
                line.clear();
            } else if (c != '\n') {
                line += c;
            }
        }
    }
}
