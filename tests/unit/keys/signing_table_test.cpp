#include "keys/signing_table.h"

#include "support/catch.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;
using keys::TableKind;

struct Parsed {
    keys::SigningTable table;
    Texts problems;
};

Parsed parse(std::string_view text, TableKind kind) {
    std::vector<keys::Problem> problems;
    const auto rows = keys::parse_table(text, "T", problems);
    Parsed parsed{keys::SigningTable::parse(rows, kind, "T", problems), {}};
    for (const keys::Problem& problem : problems) {
        parsed.problems.push_back(print(problem));
    }
    return parsed;
}

// The key names of the rows that match.
Texts match(const keys::SigningTable& table, std::string_view local_part, std::string_view domain) {
    Texts names;
    for (const keys::SigningRow* row : table.match(local_part, *base::DomainName::parse(domain))) {
        names.emplace_back(row->key_name);
    }
    return names;
}

struct Case {
    std::string name;
    std::string table;
    std::string local_part;
    std::string domain;
    Texts keys;
};

void check_cases(TableKind kind, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        INFO(c.name);
        const Parsed parsed = parse(c.table, kind);
        CHECK(match(parsed.table, c.local_part, c.domain) == c.keys);
    }
}

} // namespace

TEST_CASE("a table of patterns is read in the order of the file") {
    check_cases(TableKind::patterns,
                {
                    {"none", "", "joe", "example.com", {}},
                    {"the order of the rows, not of how much they say",
                     "* k1\n*@example.com k2\njoe@example.com k3\n*@*.com k4\njoe@* k5\n",
                     "joe",
                     "example.com",
                     {"k1", "k2", "k3", "k4", "k5"}},
                    {"two rows of one pattern",
                     "*@example.com rsa\n*@example.com ed\n",
                     "joe",
                     "example.com",
                     {"rsa", "ed"}},
                    {"capitals in the table", "*@Example.COM k\n", "joe", "example.com", {"k"}},
                    {"capitals in the address", "joe@example.com k\n", "JOE", "example.com", {"k"}},
                    {"a host is no address", "example.com k\n.example.com l\n", "joe", "example.com", {}},
                    {"a subdomain is another domain", "*@example.com k\n", "joe", "sub.example.com", {}},
                    {"subdomains", "*@*.example.com k\n", "joe", "a.b.example.com", {"k"}},
                    {"a dot is a dot", "*@example.com k\n", "joe", "examplexcom", {}},
                    {"an address with a plus", "joe+*@example.com k\n", "joe+list", "example.com", {"k"}},
                    {"a local part in another script",
                     "m\xc3\xbcller@example.com k\n",
                     "m\xc3\xbcller",
                     "example.com",
                     {"k"}},
                    {"a domain in another script",
                     "*@*.m\xc3\xbcller.example k\n",
                     "joe",
                     "a.xn--mller-kva.example",
                     {"k"}},
                    {"an at sign in the local part", "*@example.com k\n", "\"a@b\"", "example.com", {"k"}},
                });
}

TEST_CASE("a plain table is asked for one form after the other") {
    const std::string all = "* k8\n"
                            "joe@* k7\n"
                            ".com k6\n"
                            "joe@.com k5\n"
                            ".b.com k4\n"
                            "joe@.b.com k3\n"
                            "a.b.com k2\n"
                            "joe@a.b.com k1\n";
    check_cases(TableKind::exact,
                {
                    {"all forms", all, "joe", "a.b.com", {"k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"}},
                    {"another user", all, "ann", "a.b.com", {"k2", "k4", "k6", "k8"}},
                    {"the parent itself is not below itself", all, "ann", "b.com", {"k6", "k8"}},
                    {"another domain", all, "ann", "example.org", {"k8"}},
                    {"capitals", "Joe@A.b.Com k\n", "jOE", "a.b.com", {"k"}},
                    {"only the first row of a form",
                     "example.com rsa\nexample.com ed\n",
                     "joe",
                     "example.com",
                     {"rsa"}},
                    {"two forms of one address",
                     "example.com rsa\njoe@example.com ed\n",
                     "joe",
                     "example.com",
                     {"ed", "rsa"}},
                    {"a local part in another script",
                     "m\xc3\xbcller@example.com k\n",
                     "m\xc3\xbcller",
                     "example.com",
                     {"k"}},
                    {"a domain in another script",
                     "m\xc3\xbcller.example k\n",
                     "joe",
                     "xn--mller-kva.example",
                     {"k"}},
                    {"a parent in another script",
                     ".m\xc3\xbcller.example k\n",
                     "joe",
                     "a.xn--mller-kva.example",
                     {"k"}},
                });
}

TEST_CASE("wildcards in a plain table are patterns, too") {
    check_cases(
        TableKind::exact,
        {
            {"a domain", "*@example.com k\n", "joe", "example.com", {"k"}},
            {"another domain", "*@example.com k\n", "joe", "example.org", {}},
            {"subdomains", "*@*.example.com k\n", "joe", "a.example.com", {"k"}},
            {"after the host, in the order of the file",
             "*@example.com k3\ninfo*@example.com k4\nexample.com k2\ninfo1@example.com k1\n",
             "info1",
             "example.com",
             {"k1", "k2", "k3", "k4"}},
            {"the nearest domain first",
             "* k9\n*@*.com k6\n.com k5\n*@*.b.com k4\n.b.com k3\n*@a.b.com k2\na.b.com k1\n*o*@* k10\n",
             "joe",
             "a.b.com",
             {"k1", "k2", "k3", "k4", "k5", "k6", "k9", "k10"}},
            {"two rows of one pattern",
             "*@example.com rsa\n*@example.com ed\n",
             "joe",
             "example.com",
             {"rsa", "ed"}},
            {"a tail within the local part",
             "*.joe@example.com k2\nexample.com k1\n",
             "a.joe",
             "example.com",
             {"k1", "k2"}},
        });
}

TEST_CASE("values of a SigningTable") {
    struct Value {
        std::string value;
        std::string key_name;
        std::string signer;
    };
    const Value values[]{
        {"k", "k", ""},
        {"k:joe@example.com", "k", "joe@example.com"},
        {"k:@%", "k", "@%"},
        {"%:@%", "%", "@%"},
        {"k:a:b@c", "k", "a:b@c"},
        {"two words", "two words", ""},
    };
    for (const Value& v : values) {
        INFO(v.value);
        const Parsed parsed = parse("*@example.com " + v.value, TableKind::patterns);
        REQUIRE(parsed.table.rows().size() == 1);
        CHECK(parsed.table.rows()[0].key_name == v.key_name);
        CHECK(parsed.table.rows()[0].signer == v.signer);
    }
}

TEST_CASE("rows of a SigningTable that cannot do what was meant") {
    struct Bad {
        std::string name;
        TableKind kind;
        std::string table;
        Texts problems;
    };
    const Bad cases[]{
        {"a host as pattern",
         TableKind::patterns,
         "example.com k\n",
         {"T:1: warning: 'example.com' matches no address; write '*@example.com'"}},
        {"a form twice",
         TableKind::exact,
         "a.example k\nA.Example l\n",
         {"T:2: warning: 'A.Example' already has a row in line 1, so this one is not used; with refile: both "
          "would sign if one key is RSA and the other Ed25519"}},
        {"not a domain",
         TableKind::exact,
         "a@\xff\xff.example k\n",
         {"T:1: 'a@\\xff\\xff.example' contains something that is not a domain name"}},
        {"patterns in a plain table, told once",
         TableKind::exact,
         "*@a.example k\n*@b.example k\nc.example k\n",
         {"T:1: warning: '*@a.example' is a pattern in a plain table: it signs here, but OpenDKIM would not "
          "match "
          "it, nor any such row; write refile: before the path to say that patterns are meant"}},
        {"the forms with a star that a plain table has", TableKind::exact, "joe@* k\n* k\n", {}},
        {"patterns in a table of patterns", TableKind::patterns, "*@a.example k\n*@*.a.example k\n", {}},
        {"a regular expression",
         TableKind::patterns,
         "/^.*@example\\.org$/ k\n",
         {"T:1: '/^.*@example\\x5c.org$/' is a regular expression, which this table does not support; write "
          "a pattern "
          "such as '*@example.org', in which '*' stands for any text"}},
        {"a regular expression with a flag",
         TableKind::exact,
         "/example/i k\n",
         {"T:1: '/example/i' is a regular expression, which this table does not support; write a pattern "
          "such as "
          "'*@example.org', in which '*' stands for any text"}},
        {"a regular expression without slashes",
         TableKind::patterns,
         "^.*@example.org$ k\n",
         {"T:1: '^.*@example.org$' is a regular expression, which this table does not support; write a "
          "pattern such "
          "as '*@example.org', in which '*' stands for any text"}},
        {"an address of X.400, which is none", TableKind::patterns, "/C=ZZ/S=Joe/@gate.example k\n", {}},
        {"an address for a domain",
         TableKind::patterns,
         "*@192.0.2.1 k\n*@[192.0.2.1] k\n",
         {"T:1: warning: '*@192.0.2.1' is an address, not a domain",
          "T:2: warning: '*@[192.0.2.1]' is an address, not a domain"}},
        {"labels with hyphens at their ends",
         TableKind::exact,
         "-a.example k\n.b-.example k\n",
         {"T:1: warning: '-a.example' has a label that begins with a hyphen",
          "T:2: warning: '.b-.example' has a label that ends with a hyphen"}},
        {"identities without an at sign, told once",
         TableKind::exact,
         "a.example k:@%\nb.example k:%\na.example k:x\nc.example k:name\nd.example k\n",
         {"T:2: warning: '%' has no at sign, so that i= is left out, as with any such row; an identity is "
          "'@%' or 'name@%'. OpenDKIM signs nothing by such a row",
          "T:3: warning: 'a.example' already has a row in line 1, so this one is not used; with refile: both "
          "would sign if one key is RSA and the other Ed25519"}},
        {"no key", TableKind::exact, "a@b.example\n", {"T:1: 'a@b.example' has no value"}},
    };
    for (const Bad& c : cases) {
        INFO(c.name);
        CHECK(parse(c.table, c.kind).problems == c.problems);
    }
}

TEST_CASE("a local part beyond all bounds matches nothing") {
    const Parsed parsed = parse("* k\n", TableKind::patterns);
    CHECK(match(parsed.table, std::string(512, 'a'), "example.com") == Texts{"k"});
    CHECK(match(parsed.table, std::string(513, 'a'), "example.com").empty());
}
