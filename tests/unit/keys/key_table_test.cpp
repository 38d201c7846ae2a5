#include "keys/key_table.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

struct Parsed {
    keys::KeyTable table;
    Texts problems;
};

Parsed parse(std::string_view text, keys::TableKind kind = keys::TableKind::exact) {
    std::vector<keys::Problem> problems;
    const auto rows = keys::parse_table(text, "/etc/dkim/KeyTable", problems);
    Parsed parsed{keys::KeyTable::parse(rows, kind, "/etc/dkim/KeyTable", problems), {}};
    for (const keys::Problem& problem : problems) {
        parsed.problems.push_back(print(problem));
    }
    return parsed;
}

std::string show(const keys::KeyRow& row) {
    return fmt::format("d={} s={} file={} inline={} a={}", row.domain, row.selector, row.file, row.inline_key,
                       row.algorithm ? print(*row.algorithm) : "");
}

} // namespace

TEST_CASE("rows of a KeyTable") {
    struct Case {
        std::string name;
        std::string value;
        std::string row; // or the problem
    };
    const Case cases[]{
        {"a file", "example.com:s2026:/keys/a.pem", "d=example.com s=s2026 file=/keys/a.pem inline= a="},
        {"capitals", "Example.COM:S2026:/keys/A.pem", "d=example.com s=s2026 file=/keys/A.pem inline= a="},
        {"the author's domain", "%:s:/keys/%.pem", "d= s=s file=/keys/%.pem inline= a="},
        {"beside the table", "example.com:s:./a.pem", "d=example.com s=s file=/etc/dkim/./a.pem inline= a="},
        {"above the table", "example.com:s:../a.pem", "d=example.com s=s file=/etc/dkim/../a.pem inline= a="},
        {"a selector with dots", "example.com:a.b:/k", "d=example.com s=a.b file=/k inline= a="},
        {"a domain in its own script", "m\xc3\xbcller.example:s:/k",
         "d=xn--mller-kva.example s=s file=/k inline= a="},
        {"a colon in the path", "example.com:s:/keys/a:b.pem",
         "d=example.com s=s file=/keys/a:b.pem inline= a="},
        {"an algorithm", "example.com:s:/k:ed25519-sha256",
         "d=example.com s=s file=/k inline= a=ed25519-sha256"},
        {"an algorithm in capitals", "example.com:s:/k:RSA-SHA256",
         "d=example.com s=s file=/k inline= a=rsa-sha256"},
        {"DER in base64", "example.com:s:MIIB", "d=example.com s=s file= inline=MIIB a="},
        {"PEM on a line", "example.com:s:-----BEGIN PRIVATE KEY----- MIIB -----END PRIVATE KEY-----",
         "d=example.com s=s file= inline=-----BEGIN PRIVATE KEY----- MIIB -----END PRIVATE KEY----- a="},
        {"a blank for a colon", "example.com s:/k",
         "/etc/dkim/KeyTable:1: 'K': expected DOMAIN:SELECTOR:KEY"},
        {"only a domain", "example.com", "/etc/dkim/KeyTable:1: 'K': expected DOMAIN:SELECTOR:KEY"},
        {"blanks around the colons", "example.com : s : /k",
         "/etc/dkim/KeyTable:1: 'K': 'example.com ' is not a domain name"},
        {"no domain", ":s:/k", "/etc/dkim/KeyTable:1: 'K': '' is not a domain name"},
        {"a percent sign within the domain", "x.%:s:/k",
         "/etc/dkim/KeyTable:1: 'K': 'x.%' is not a domain name"},
        {"a domain with a quote", "exa\"mple.com:s:/k",
         "/etc/dkim/KeyTable:1: 'K': 'exa\"mple.com' is not a domain name"},
        {"no selector", "example.com::/k", "/etc/dkim/KeyTable:1: 'K': '' is not a selector"},
        {"a bad selector", "example.com:a b:/k", "/etc/dkim/KeyTable:1: 'K': 'a b' is not a selector"},
        {"a file without its start", "example.com:s:keys/a.pem",
         "/etc/dkim/KeyTable:1: 'K': the key is neither a file, which starts with '/', './' or '../', nor "
         "PEM, nor DER "
         "in base64"},
        {"no key", "example.com:s:",
         "/etc/dkim/KeyTable:1: 'K': the key is neither a file, which starts with '/', './' or '../', nor "
         "PEM, nor DER "
         "in base64"},
        {"a domain of one label", "default:s:/k",
         "/etc/dkim/KeyTable:1: 'K': the signing domain needs two labels at least"},
        {"the name of a key record for a selector", "example.com:s1._domainkey.example.com:/k",
         "/etc/dkim/KeyTable:1: 'K': 's1._domainkey.example.com' is the name of a key record; write only the "
         "selector, 's1'"},
        {"a selector with the label of key records", "example.com:S1._DomainKey:/k",
         "/etc/dkim/KeyTable:1: 'K': 'S1._DomainKey' is the name of a key record; write only the selector, "
         "'S1'"},
        {"names that are too long together", fmt::format("{0}.{0}.{0}.example:{0}:/k", std::string(60, 'a')),
         "/etc/dkim/KeyTable:1: 'K': selector and domain make the name of the key record too long"},
        {"an algorithm of the past", "example.com:s:/k:rsa-sha1",
         "/etc/dkim/KeyTable:1: 'K': rsa-sha1 must not be used"},
        {"an unknown algorithm", "example.com:s:/k:rsa-sha512",
         "/etc/dkim/KeyTable:1: 'K': unknown algorithm 'rsa-sha512'"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const Parsed parsed = parse("K " + c.value);
        const keys::KeyRow* row = parsed.table.find("K");
        CHECK((row != nullptr ? show(*row) : parsed.problems.at(0)) == c.row);
        CHECK(parsed.problems.size() == (row != nullptr ? 0U : 1U));
    }
}

TEST_CASE("names of a KeyTable differ by case, the first of equal ones counts") {
    const Parsed parsed = parse("a a.example:s:/a\nA b.example:s:/b\na c.example:s:/c\n");
    CHECK(parsed.table.find("a")->domain == "a.example");
    CHECK(parsed.table.find("A")->domain == "b.example");
    CHECK(parsed.table.find("b") == nullptr);
    CHECK(parsed.problems ==
          Texts{"/etc/dkim/KeyTable:3: warning: 'a' is already named in line 1; this row is not used"});
}

TEST_CASE("names that nobody can use are told, and used") {
    const Parsed parsed = parse("a 192.0.2.1:s:/k\nb -b.example:s:/k\nc c.example:s-:/k\n");
    CHECK(parsed.problems ==
          Texts{"/etc/dkim/KeyTable:1: warning: 'a': the domain '192.0.2.1' is an address, not a domain",
                "/etc/dkim/KeyTable:2: warning: 'b': the domain '-b.example' has a label that begins with a "
                "hyphen",
                "/etc/dkim/KeyTable:3: warning: 'c': the selector 's-' has a label that ends with a hyphen"});
    CHECK(parsed.table.find("c") != nullptr);
}

TEST_CASE("a KeyTable of patterns") {
    const Parsed parsed =
        parse("*.example a.example:s:/a\nx.example b.example:s:/b\n", keys::TableKind::patterns);
    CHECK(parsed.problems.empty());
    CHECK(parsed.table.find("X.Example")->domain == "a.example");
    CHECK(parsed.table.find("example") == nullptr);
}

TEST_CASE("a percent sign in an absolute path is the domain") {
    struct Case {
        std::string value;
        std::string file;
    };
    const Case cases[]{
        {"%:s:/keys/%/s.pem", "/keys/example.com/s.pem"},
        {"%:s:/keys/%/%.pem", "/keys/example.com/example.com.pem"},
        {"%:s:/keys/s.pem", "/keys/s.pem"},
        {"%:s:./%.pem", "/etc/dkim/./%.pem"},
    };
    for (const Case& c : cases) {
        INFO(c.value);
        CHECK(parse("K " + c.value).table.find("K")->file_for("example.com") == c.file);
    }
}
