#include "config/domain_signing.h"
#include "config/load.h"
#include "dkim/names.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

// A tree with one key, k.pem; in what is told about it the tree's own path is shown as DIR.
class Domains {
  public:
    Domains() { tree_.write("k.pem", ""); }

    const TemporaryTree& tree() const { return tree_; }

    config::Loaded load(std::string_view yaml) const {
        return config::load_file(tree_.write("p.yaml", yaml));
    }

    Texts diagnose(std::string_view yaml) const {
        Texts texts;
        for (const config::Diagnostic& diagnostic : load(yaml).diagnostics) {
            texts.push_back(without_root(config::print(diagnostic)));
        }
        return texts;
    }

    std::string without_root(std::string text) const {
        for (auto at = text.find(tree_.root()); at != std::string::npos; at = text.find(tree_.root())) {
            text.replace(at, tree_.root().size(), "DIR");
        }
        return text;
    }

  private:
    TemporaryTree tree_;
};

struct DomainCase {
    std::string name;
    std::string yaml;
    Texts diagnostics;
};

void check(std::span<const DomainCase> cases) {
    const Domains domains;
    for (const DomainCase& c : cases) {
        INFO(c.name);
        CHECK(domains.diagnose(c.yaml) == c.diagnostics);
    }
}

} // namespace

TEST_CASE("domains and their keys arrive") {
    const Domains domains;
    const auto loaded = domains.load(R"(
domains:
  Example.COM:
    subdomains: true
    keys:
      - selector: S2026
        file: k.pem
      - {selector: ed, file: k.pem, identity: "@news.example.com", active: no}
  müller.example:
    keys: [{selector: a.b, file: ./k.pem}]
)");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    const auto& map = loaded.settings->domains;
    REQUIRE(map.size() == 2);
    REQUIRE(map.contains("example.com"));
    const config::DomainEntry& entry = map.at("example.com");
    CHECK(entry.subdomains);
    REQUIRE(entry.keys.size() == 2);
    CHECK(entry.keys[0].selector == "s2026");
    CHECK(entry.keys[0].file == domains.tree().path("k.pem"));
    CHECK(entry.keys[0].is_active());
    CHECK(entry.keys[0].identity.empty());
    CHECK(entry.keys[1].identity == "@news.example.com");
    CHECK_FALSE(entry.keys[1].is_active());
    REQUIRE(map.contains("xn--mller-kva.example"));
    CHECK(map.at("xn--mller-kva.example").keys.at(0).file == domains.tree().path("./k.pem"));
}

TEST_CASE("what can be wrong with the settings of a domain") {
    const DomainCase cases[]{
        {"not a name",
         "domains:\n  exa mple: {keys: []}\n",
         {"DIR/p.yaml:2:3: error: 'exa mple' is not a domain name"}},
        {"a wildcard for everything",
         "domains:\n  '*': {}\n",
         {"DIR/p.yaml:2:3: error: '*' is not a domain name (keys for the domains of a list stand below "
          "'default:')"}},
        {"a wildcard within a name",
         "domains:\n  'a.*.example.com': {}\n",
         {"DIR/p.yaml:2:3: error: 'a.*.example.com' is not a domain name"}},
        {"a wildcard twice, by another spelling",
         "domains:\n  '*.example.com': {keys: [{selector: s, file: k.pem}]}\n"
         "  '*.EXAMPLE.com': {keys: [{selector: s, file: k.pem}]}\n",
         {"DIR/p.yaml:3:3: error: domain '*.example.com' is given twice (first at DIR/p.yaml:2:3)"}},
        {"subdomains of a wildcard",
         "domains:\n  '*.example.com': {subdomains: true, keys: [{selector: s, file: k.pem}]}\n",
         {"DIR/p.yaml:2:3: warning: 'domains.*.example.com.subdomains' says nothing: all names below are "
          "meant"}},
        {"a wildcard beside subdomains",
         "domains:\n  '*.example.com': {keys: [{selector: s, file: k.pem}]}\n"
         "  example.com: {subdomains: true, keys: [{selector: s, file: k.pem}]}\n",
         {"DIR/p.yaml:2:3: warning: '*.example.com' stands beside 'example.com' with 'subdomains: true': it "
          "signs for the names below"}},
        {"a list as name", "domains:\n  [a]: {}\n", {"DIR/p.yaml:2:3: error: '' is not a domain name"}},
        {"the same twice, by another spelling",
         "domains:\n  müller.example: {keys: [{selector: s, file: k.pem}]}\n"
         "  XN--MLLER-KVA.example: {keys: [{selector: s, file: k.pem}]}\n",
         {"DIR/p.yaml:3:3: error: domain 'xn--mller-kva.example' is given twice (first at DIR/p.yaml:2:3)"}},
        {"no keys",
         "domains:\n  example.com:\n    subdomains: yes\n",
         {"DIR/p.yaml:2:3: error: 'domains.example.com.keys' is missing"}},
        {"nothing",
         "domains:\n  example.com:\n",
         {"DIR/p.yaml:2:3: error: 'domains.example.com.keys' is missing"}},
        {"keys of another type",
         "domains: {a.example: {keys: k.pem}}\n",
         {"DIR/p.yaml:1:29: error: 'domains.a.example.keys': expected a list, not a text"}},
        {"a key of another type",
         "domains: {a.example: {keys: [k.pem]}}\n",
         {"DIR/p.yaml:1:23: warning: 'domains.a.example.keys': no key is active, mail from 'a.example' is "
          "not signed",
          "DIR/p.yaml:1:30: error: 'domains.a.example.keys': expected a mapping with selector and file, not "
          "a text"}},
        {"an unknown name",
         "domains: {a.example: {subdomain: yes, keys: [{selector: s, file: k.pem, fil: x}]}}\n",
         {"DIR/p.yaml:1:23: error: unknown setting 'domains.a.example.subdomain' (did you mean "
          "'subdomains'?)",
          "DIR/p.yaml:1:73: error: unknown setting 'domains.a.example.keys.fil' (did you mean 'file'?)"}},
        {"no selector",
         "domains: {a.example: {keys: [{file: k.pem}]}}\n",
         {"DIR/p.yaml:1:30: error: 'domains.a.example.keys.selector' is missing"}},
        {"no file",
         "domains: {a.example: {keys: [{selector: s}]}}\n",
         {"DIR/p.yaml:1:30: error: 'domains.a.example.keys.file' is missing"}},
        {"an empty file",
         "domains: {a.example: {keys: [{selector: s, file: ''}]}}\n",
         {"DIR/p.yaml:1:50: error: 'domains.a.example.keys.file': may not be empty"}},
        {"a bad selector",
         "domains: {a.example: {keys: [{selector: s s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:41: error: 'domains.a.example.keys.selector': 's s' is not a selector (letters, "
          "digits, hyphens "
          "and dots, for example s2026)"}},
        {"a selector twice",
         "domains:\n  a.example:\n    keys:\n      - {selector: s, file: k.pem}\n      - {selector: S, file: "
         "k.pem}\n",
         {"DIR/p.yaml:5:9: error: 'domains.a.example.keys.selector': 's' is given twice"}},
    };
    check(cases);
}

TEST_CASE("what can be wrong with the names of a domain and its keys") {
    const DomainCase cases[]{
        {"a domain of one label",
         "domains: {localdomain: {keys: [{selector: s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:11: error: no mail can be signed for 'localdomain': the signing domain needs two "
          "labels "
          "at least (its keys are left out)"}},
        {"an address for a domain",
         "domains: {192.0.2.1: {keys: [{selector: s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:11: warning: domain '192.0.2.1' is an address, not a domain"}},
        {"a label with a hyphen before it",
         "domains: {a.-b.example: {keys: [{selector: s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:11: warning: domain 'a.-b.example' has a label that begins with a hyphen"}},
        {"an A-label of nothing",
         "domains: {xn--.test: {keys: [{selector: s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:11: warning: domain 'xn--.test' has a label that begins with xn-- and stands for no "
          "name in "
          "other letters"}},
        {"an A-label that is none",
         "domains: {xn--zzzzzzzzz99.test: {keys: [{selector: s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:11: warning: domain 'xn--zzzzzzzzz99.test' has a label that begins with xn-- and "
          "stands "
          "for no name in other letters"}},
        {"a good A-label", "domains: {xn--bcher-kva.example: {keys: [{selector: s, file: k.pem}]}}\n", {}},
        {"a label with a hyphen behind it",
         "domains: {a.b-.example: {keys: [{selector: s, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:11: warning: domain 'a.b-.example' has a label that ends with a hyphen"}},
        {"the name of a key record for a selector",
         "domains: {a.example: {keys: [{selector: s1._domainkey.a.example, file: k.pem}]}}\n",
         {"DIR/p.yaml:1:41: error: 'domains.a.example.keys.selector': 's1._domainkey.a.example' is the name "
          "of a "
          "key record (write only the selector, 's1')"}},
        {"an identity elsewhere",
         "domains: {a.example: {keys: [{selector: s, file: k.pem, identity: joe@b.example}]}}\n",
         {"DIR/p.yaml:1:30: error: 'domains.a.example.keys': identity 'joe@b.example' is not at 'a.example' "
          "or below "
          "it"}},
        {"no identity at all",
         "domains: {a.example: {keys: [{selector: s, file: k.pem, identity: a.example}]}}\n",
         {"DIR/p.yaml:1:67: error: 'domains.a.example.keys.identity': 'a.example' is not an identity (write "
          "user@domain, or @domain for the domain as a whole)"}},
        {"no active key",
         "domains: {a.example: {keys: [{selector: s, file: k.pem, active: no}]}}\n",
         {"DIR/p.yaml:1:23: warning: 'domains.a.example.keys': no key is active, mail from 'a.example' is "
          "not signed"}},
        {"a name too long for DNS",
         "domains: {" + std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') +
             ".example: {keys: [{selector: " + std::string(60, 's') + ", file: k.pem}]}}\n",
         {"DIR/p.yaml:1:211: error: 'domains." + std::string(60, 'a') + "." + std::string(60, 'b') + "." +
          std::string(60, 'c') + ".example.keys': selector '" + std::string(60, 's') +
          "' makes the name of the key record too long"}},
    };
    check(cases);
}

TEST_CASE("a key that was pasted in is answered with how keys are given") {
    const Domains domains;
    const std::string pem = "-----BEGIN PRIVATE KEY-----\n%MIIE\n%-----END PRIVATE KEY-----\n";
    const auto block = [&](std::size_t blanks) {
        std::string text = std::string(blanks, ' ') + pem;
        for (auto at = text.find('%'); at != std::string::npos; at = text.find('%')) {
            text.replace(at, 1, std::string(blanks, ' '));
        }
        return text;
    };
    const std::string keys = "domains:\n  a.test:\n    keys:";
    for (const auto& yaml :
         {keys + "\n      - selector: s\n        file: |\n" + block(10),
          keys + "\n      - selector: s\n        file:\n" + block(10),
          keys + "\n      - selector: s\n        key: |\n" + block(10), keys + "\n      - |\n" + block(8),
          keys + " |\n" + block(6), block(0), "signing:\n  key_table: |\n" + block(4)}) {
        CAPTURE(yaml);
        const auto told = fmt::format("{}", fmt::join(domains.diagnose(yaml), "\n"));
        CAPTURE(told);
        CHECK(told.find("keys are named by file") != std::string::npos);
        CHECK(told.find("MIIE") == std::string::npos);
    }
}

TEST_CASE("domains of included files join those of the main file") {
    const Domains domains;
    domains.tree().write("domains.d/b.yaml",
                         "domains: {b.example: {keys: [{selector: s, file: ../k.pem}]}}\n");
    domains.tree().write("domains.d/a.yaml",
                         "domains: {a.example: {keys: [{selector: s, file: ../k.pem}]}}\n");
    domains.tree().write("domains.d/.hidden.yaml", "nonsense");
    domains.tree().write("domains.d/a.yaml~", "nonsense");
    domains.tree().write("empty.yaml", "# nothing yet\n");
    const auto loaded = domains.load("include: [domains.d/*.yaml, empty.yaml, none.d/*.yaml]\n"
                                     "domains: {c.example: {keys: [{selector: s, file: k.pem}]}}\n");
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(config::print(loaded.diagnostics.front()) == domains.tree().path("p.yaml") +
                                                           ":1:41: warning: 'include': no file matches '" +
                                                           domains.tree().path("none.d/*.yaml") + "'");
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->domains.size() == 3);
    CHECK(loaded.settings->domains.at("a.example").keys.at(0).file ==
          domains.tree().path("domains.d/../k.pem"));
    Texts files;
    for (const std::string& file : loaded.files) {
        files.push_back(domains.without_root(file));
    }
    CHECK(files == Texts{"DIR/p.yaml", "DIR/domains.d/a.yaml", "DIR/domains.d/b.yaml", "DIR/empty.yaml"});
}

TEST_CASE("a file that two patterns match is read once") {
    const Domains domains;
    domains.tree().write("d/a.yaml", "domains: {a.example: {keys: [{selector: s, file: ../k.pem}]}}\n");
    CHECK(domains.diagnose("include: [d/*.yaml, d/a.yaml]\n").empty());
}

TEST_CASE("what can be wrong with included files") {
    struct Case {
        std::string name;
        std::string main;
        std::string included; // d/a.yaml
        Texts diagnostics;
    };
    const std::string domain = "domains: {a.example: {keys: [{selector: s, file: ../k.pem}]}}\n";
    const Case cases[]{
        {"it is not there",
         "include: nowhere.yaml\n",
         "",
         {"DIR/p.yaml:1:10: error: 'include': DIR/nowhere.yaml: No such file or directory"}},
        {"it is a directory",
         "include: [d]\n",
         "",
         {"DIR/p.yaml:1:11: error: 'include': DIR/d: not a regular file"}},
        {"it is the file itself",
         "include: '*.yaml'\n",
         "",
         {"DIR/p.yaml:1:10: error: 'include': DIR/p.yaml would include itself"}},
        {"it includes",
         "include: d/a.yaml\n",
         "include: b.yaml\n",
         {"DIR/d/a.yaml:1:1: error: 'include' may not stand in an included file (included files hold "
          "'domains' only; "
          "the rest belongs in DIR/p.yaml)"}},
        {"it holds settings",
         "include: d/a.yaml\n",
         "spf: {enabled: no}\n" + domain,
         {"DIR/d/a.yaml:1:1: error: 'spf' may not stand in an included file (included files hold 'domains' "
          "only; the "
          "rest belongs in DIR/p.yaml)"}},
        {"it is no mapping",
         "include: d/a.yaml\n",
         "a.example\n",
         {"DIR/d/a.yaml:1:1: error: expected settings, not a text (a setting is a name, a colon, a blank and "
          "a value)"}},
        {"it is no YAML",
         "include: d/a.yaml\nspf: {enable: no}\n",
         "domains: {\n",
         {"DIR/p.yaml:2:7: error: unknown setting 'spf.enable' (did you mean 'spf.enabled'?)",
          "DIR/d/a.yaml:1:10: error: not valid YAML: the bracket '{' is not closed"}},
        {"a domain of the main file",
         "domains: {A.example: {keys: [{selector: s, file: k.pem}]}}\ninclude: d/a.yaml\n",
         domain,
         {"DIR/d/a.yaml:1:11: error: domain 'a.example' is given twice (first at DIR/p.yaml:1:11)"}},
        {"not a path",
         "include: {a: b}\n",
         "",
         {"DIR/p.yaml:1:10: error: 'include': expected a list, not a mapping"}},
        {"no path in the list",
         "include: [[a]]\n",
         "",
         {"DIR/p.yaml:1:11: error: 'include': expected a path or a pattern, not a list"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const Domains domains;
        domains.tree().write("d/a.yaml", c.included);
        CHECK(domains.diagnose(c.main) == c.diagnostics);
    }
}

TEST_CASE("whatever is accepted for a domain can sign") {
    const std::vector<std::string> domain_names{
        "example.com",
        "Example.COM.",
        "localdomain",
        "localhost.",
        "192.0.2.1",
        "-a.example",
        "a_b.example",
        "m\xc3\xbcller.example",
        "m\xc3\xbcller",
        "\"[192.0.2.1]\"",
        "a..example",
        std::string(63, 'a') + ".example",
        fmt::format("{0}.{0}.{0}.{1}", std::string(60, 'a'), std::string(60, 'b'))};
    const std::vector<std::string> selectors{"s",        "S2026",         "a.b", "s.",
                                             "-s",       "s1._domainkey", "a b", std::string(63, 's'),
                                             "\xc3\xbc", "192.0.2.1"};
    const std::vector<std::string> identities{"",
                                              "joe@example.com",
                                              "joe@Example.COM",
                                              "@a.example.com",
                                              "a b@example.com",
                                              "joe@localdomain",
                                              "joe@m\xc3\xbcller.example",
                                              "\xff@example.com",
                                              std::string(300, 'a') + "@example.com"};
    std::size_t accepted = 0;
    for (const std::string& domain : domain_names) {
        for (const std::string& selector : selectors) {
            for (const std::string& identity : identities) {
                const auto loaded = config::load_text(
                    fmt::format("domains: {{{}: {{keys: [{{selector: '{}', identity: '{}', file: /k}}]}}}}\n",
                                domain, selector, identity),
                    "p.yaml");
                if (!loaded.settings) {
                    continue;
                }
                for (const auto& [name, entry] : loaded.settings->domains) {
                    const auto& key = entry.keys.at(0);
                    INFO(name << ' ' << key.selector << ' ' << key.identity);
                    CHECK(dkim::signer_refusal(name, key.selector, key.identity) == "");
                    ++accepted;
                }
            }
        }
    }
    CHECK(accepted > 30);
}

TEST_CASE("states of keys, and settings of a domain's own") {
    const Domains domains;
    const auto loaded = domains.load(R"(
domains:
  example.com:
    header_canonicalization: simple
    lifetime: 7d
    used_by: {logins: [ann, "*@example.com"], clients: [192.0.2.0/24]}
    keys:
      - {selector: a, file: k.pem, state: pending}
      - {selector: b, file: k.pem, state: active}
      - {selector: c, file: k.pem, state: retiring}
      - {selector: d, file: k.pem, state: retired}
  "*.müller.example":
    signing_domain: Example.NET
    identity: "@news.example.net"
    keys: [{selector: s, file: k.pem}]
  plain.example:
    keys: [{selector: s, file: k.pem}]
)");
    CHECK(loaded.diagnostics.empty());
    REQUIRE(loaded.settings);
    const auto& map = loaded.settings->domains;
    const auto& own = map.at("example.com");
    std::vector<bool> active;
    for (const auto& key : own.keys) {
        active.push_back(key.is_active());
    }
    CHECK(active == std::vector{false, true, false, false});
    REQUIRE(own.signing);
    CHECK(own.signing->used_by.logins == Texts{"ann", "*@example.com"});
    CHECK(own.signing->used_by.clients.size() == 1);
    const auto merged = config::signing_of(loaded.settings->signing, *own.signing);
    CHECK(merged.header_canonicalization == dkim::Canonicalization::simple);
    CHECK(merged.body_canonicalization == dkim::Canonicalization::relaxed);
    CHECK(merged.lifetime == std::chrono::days(7));
    const auto& wildcard = map.at("*.xn--mller-kva.example");
    CHECK(wildcard.signing->signing_domain == "example.net");
    CHECK(wildcard.keys.front().identity == "@news.example.net");
    CHECK(map.at("plain.example").signing == nullptr); // a hundred thousand of them cost nothing more
}

TEST_CASE("what can be wrong with states, users and default keys") {
    const std::string keys = "keys: [{selector: s, file: k.pem}]";
    check(std::vector<DomainCase>{
        {"two words for one thing",
         "domains:\n  a.example:\n    keys: [{selector: s, file: k.pem, state: active, active: true}]\n",
         {"DIR/p.yaml:3:12: error: 'domains.a.example.keys.active' says what 'domains.a.example.keys.state' "
          "says (keep state)"}},
        {"no such state",
         "domains:\n  a.example:\n    keys: [{selector: s, file: k.pem, state: revoked}]\n",
         {"DIR/p.yaml:3:46: error: 'domains.a.example.keys.state': expected one of pending, active, "
          "retiring, "
          "retired, not 'revoked'"}},
        {"nobody",
         "domains:\n  a.example:\n    used_by: {logins: []}\n    " + keys + "\n",
         {"DIR/p.yaml:3:5: error: 'domains.a.example.used_by' names nobody who may use the keys (leave it "
          "out "
          "to let everybody use them whose mail is signed)"}},
        {"an identity outside of the signing domain",
         "domains:\n  a.example:\n    signing_domain: b.example\n    identity: '@a.example'\n    " + keys +
             "\n",
         {"DIR/p.yaml:5:12: error: 'domains.a.example.keys': identity '@a.example' is not at 'b.example' or "
          "below it"}},
        {"an identity where every author's domain signs",
         "default:\n  domains: [a.example]\n  identity: '@a.example'\n  " + keys + "\n",
         {"DIR/p.yaml:4:10: error: 'default.keys': identity needs a signing_domain: here that of the author "
          "signs"}},
        {"default without a list",
         "default:\n  " + keys + "\n",
         {"DIR/p.yaml:1:1: error: 'default' needs 'domains' or 'domain_table' (nothing is signed for a "
          "domain "
          "that neither of them names)"}},
        {"default for everybody",
         "default:\n  domains: ['*']\n  " + keys + "\n",
         {"DIR/p.yaml:2:13: error: 'default.domains': '*' is not a domain name (write example.org, or "
          "'*.example.org' for all names below it)"}},
        {"default below domains",
         "domains:\n  default:\n    " + keys + "\n",
         {"DIR/p.yaml:2:3: error: no mail can be signed for 'default': the signing domain needs two labels "
          "at least (its keys are left out)"}},
    });
}
