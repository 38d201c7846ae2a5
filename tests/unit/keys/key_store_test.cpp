#include "keys/key_store.h"

#include "dkim/sign.h"
#include "message/parse_message.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Texts = std::vector<std::string>;

// A directory with keys and tables; DIR stands for it in what is told about it.
class Store {
  public:
    Store() {
        write("rsa.pem", support::rsa_pem);
        write("ed.pem", support::ed25519_pem);
        write("keys/example.com.pem", support::ed25519_pem);
    }

    void write(std::string_view name, std::string_view text) const {
        REQUIRE(::chmod(tree_.write(name, text).c_str(), 0600) == 0);
    }
    [[nodiscard]] std::string path(std::string_view name) const { return tree_.path(name); }

    // Tables are written here; `/DIR` in them becomes this directory.
    void set_tables(const std::string& key_table, const std::string& signing_table,
                    const std::string& kind = "refile:") {
        write("KeyTable", with_root(key_table));
        write("SigningTable", signing_table);
        options.key_table = path("KeyTable");
        options.signing_table = kind + path("SigningTable");
    }

    Texts load() {
        loaded_ = keys::KeyStore::load(options);
        Texts problems;
        for (const keys::Problem& problem : loaded_.problems) {
            problems.push_back(without_root(print(problem)));
        }
        return problems;
    }

    // "NAME d=DOMAIN s=SELECTOR i=IDENTITY TYPE" or the problem instead of the type.
    [[nodiscard]] Texts signers_for(std::string_view local_part, std::string_view domain) const {
        Texts result;
        for (const keys::Signer& signer :
             loaded_.store->signers_for(local_part, *base::DomainName::parse(domain))) {
            CHECK((signer.key == nullptr) != signer.problem.empty());
            result.push_back(fmt::format(
                "{} d={} s={} i={} {}", signer.name, signer.domain, signer.selector, signer.identity,
                signer.key ? print(signer.key->type()) : without_root(signer.problem)));
        }
        return result;
    }
    [[nodiscard]] const keys::KeyStore& store() const { return *loaded_.store; }
    [[nodiscard]] std::vector<keys::Severity> severities() const {
        std::vector<keys::Severity> result;
        for (const keys::Problem& problem : loaded_.problems) {
            result.push_back(problem.severity);
        }
        return result;
    }

    keys::KeyOptions options;

  private:
    [[nodiscard]] std::string with_root(std::string text) const {
        return replaced(std::move(text), "/DIR", tree_.root());
    }
    [[nodiscard]] std::string without_root(std::string text) const {
        return replaced(std::move(text), tree_.root(), "/DIR");
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
            text.replace(at, from.size(), to);
        }
        return text;
    }

    TemporaryTree tree_;
    keys::KeyStore::Loaded loaded_;
};

message::HeaderList header_of_a_message() {
    return message::parse_message("From: joe@example.com\r\nSubject: x\r\n\r\nx\r\n")->headers;
}

bool can_sign(const keys::Signer& signer, const message::HeaderList& headers) {
    dkim::SignOptions options;
    options.domain = signer.domain;
    options.selector = signer.selector;
    options.identity = signer.identity;
    const auto field = dkim::sign(options, *signer.key, headers, {}, 1'700'000'000);
    return field.has_value() && dkim::parse_signature(*field).has_value();
}

} // namespace

TEST_CASE("nothing configured, nothing signed") {
    Store store;
    CHECK(store.load().empty());
    CHECK(store.signers_for("joe", "example.com").empty());
}

TEST_CASE("signers of tables") {
    struct Case {
        std::string name;
        std::string key_table;
        std::string signing_table;
        Texts signers; // for joe@example.com
    };
    const Case cases[]{
        {"two keys",
         "r example.com:s1:/DIR/rsa.pem\ne example.com:s2:./ed.pem\n",
         "*@example.com r\n*@example.com e\n",
         {"r d=example.com s=s1 i= rsa", "e d=example.com s=s2 i= ed25519"}},
        {"the author's domain", "k %:s:/DIR/keys/%.pem\n", "*@* k\n", {"k d=example.com s=s i= ed25519"}},
        {"the domain names the key",
         "example.com example.com:s:./ed.pem\n",
         "*@* %\n",
         {"example.com d=example.com s=s i= ed25519"}},
        {"an identity",
         "k example.com:s:./ed.pem\n",
         "*@example.com k:joe@example.com\n",
         {"k d=example.com s=s i=joe@example.com ed25519"}},
        {"an identity made from the domain",
         "k %:s:./ed.pem\n",
         "*@example.com k:list@news.%\n",
         {"k d=example.com s=s i=list@news.example.com ed25519"}},
        {"an identity elsewhere is left out",
         "k %:s:./ed.pem\n",
         "*@example.com k:joe@example.org\n",
         {"k d=example.com s=s i= ed25519"}},
        {"an identity that is none is left out",
         "k %:s:./ed.pem\n",
         "*@example.com k:joe\n",
         {"k d=example.com s=s i= ed25519"}},
        {"the same signature twice",
         "k example.com:s:./ed.pem\nl example.com:s:./ed.pem\n",
         "joe@example.com k\n*@example.com l\n",
         {"k d=example.com s=s i= ed25519"}},
        {"an algorithm that is right",
         "k example.com:s:./ed.pem:ed25519-sha256\n",
         "*@example.com k\n",
         {"k d=example.com s=s i= ed25519"}},
        {"an algorithm that is not",
         "k example.com:s:./ed.pem:rsa-sha256\n",
         "*@example.com k\n",
         {"k d=example.com s=s i= 'k' is for rsa-sha256, but its key is of the type ed25519"}},
        {"a key in the table",
         "k example.com:s:MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
         "*@example.com k\n",
         {"k d=example.com s=s i= ed25519"}},
        {"a file that the author's domain lacks",
         "k %:s:/DIR/none/%.pem\n",
         "*@example.com k\n",
         {"k d=example.com s=s i= /DIR/none/example.com.pem: No such file or directory"}},
        {"a key name that the author's domain lacks",
         "example.org example.org:s:./ed.pem\n",
         "*@* %\n",
         {"example.com d= s= i= the KeyTable has no row 'example.com'"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Store store;
        store.set_tables(c.key_table, c.signing_table);
        (void)store.load();
        CHECK(store.signers_for("joe", "example.com") == c.signers);
    }
}

TEST_CASE("the first matching row only, if so configured") {
    Store store;
    store.set_tables("r example.com:s1:./rsa.pem\ne example.com:s2:./ed.pem\n",
                     "*@example.com r\njoe@example.com e\n");
    store.options.all_matches = false;
    CHECK(store.load().empty());
    CHECK(store.signers_for("joe", "example.com") == Texts{"r d=example.com s=s1 i= rsa"});

    store.options.signing_table = store.path("SigningTable"); // the same rows, asked by form
    CHECK(store.load() ==
          Texts{"/DIR/SigningTable:1: warning: '*@example.com' is a pattern in a plain table: it "
                "signs here, but OpenDKIM would not match it, nor any such row; write refile: "
                "before the path to say that patterns are meant"});
    CHECK(store.signers_for("joe", "example.com") == Texts{"e d=example.com s=s2 i= ed25519"});
    CHECK(store.signers_for("ann", "example.com") == Texts{"r d=example.com s=s1 i= rsa"});
}

TEST_CASE("several authors are signed for by what signs for each of them") {
    struct Case {
        std::string name;
        std::string signing_table;
        std::vector<std::string_view> authors; // at example.com
        Texts signers;                         // selectors
        std::string not_allowed;
    };
    const Case cases[]{
        {"one, allowed", "alice@example.com r\n", {"alice"}, {"s1"}, ""},
        {"one, not allowed", "alice@example.com r\n", {"ceo"}, {}, ""},
        {"the second is not allowed", "alice@example.com r\n", {"alice", "ceo"}, {}, "ceo"},
        {"the first is not allowed", "alice@example.com r\n", {"ceo", "alice"}, {}, "ceo"},
        {"the last of many is not allowed",
         "alice@example.com r\n",
         {"alice", "ALICE", "alice", "ceo"},
         {},
         "ceo"},
        {"the same author twice", "alice@example.com r\n", {"alice", "alice"}, {"s1"}, ""},
        {"a row for all", "*@example.com r\n", {"alice", "ceo"}, {"s1"}, ""},
        {"a row each with the same key",
         "alice@example.com r\nceo@example.com r\n",
         {"alice", "ceo"},
         {"s1"},
         ""},
        {"a row each with the same signature by other names",
         "alice@example.com r\nceo@example.com again\n",
         {"alice", "ceo"},
         {"s1"},
         ""},
        {"a row each with its own key",
         "alice@example.com r\nceo@example.com e\n",
         {"alice", "ceo"},
         {},
         "ceo"},
        {"a row each with its own identity",
         "alice@example.com r:alice@example.com\nceo@example.com r:ceo@example.com\n",
         {"alice", "ceo"},
         {},
         "ceo"},
        {"a key for all and one for alice",
         "alice@example.com r\n*@example.com e\n",
         {"alice", "ceo"},
         {"s2"},
         ""},
        {"nobody is known", "alice@example.com r\n", {"bob", "ceo"}, {}, ""},
        {"nobody is there", "*@example.com r\n", {}, {}, ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Store store;
        store.set_tables(
            "r example.com:s1:./rsa.pem\ne example.com:s2:./ed.pem\nagain example.com:s1:./rsa.pem\n",
            c.signing_table);
        store.options.all_matches = true;
        CHECK(store.load().empty());
        const auto common = store.store().signers_for_all(c.authors, *base::DomainName::parse("example.com"));
        Texts selectors;
        for (const auto& signer : common.signers) {
            selectors.push_back(signer.selector);
        }
        CHECK(selectors == c.signers);
        CHECK(common.not_allowed == c.not_allowed);
    }
}

TEST_CASE("the keys of a domain sign for everybody there, several at once included") {
    Store store;
    store.options.domain_keys = {{"example.com", false, "s", store.path("ed.pem"), ""}};
    CHECK(store.load().empty());
    const auto common =
        store.store().signers_for_all({"alice", "ceo"}, *base::DomainName::parse("example.com"));
    CHECK(common.signers.size() == 1);
}

TEST_CASE("a table for any domain has no key for some of them") {
    struct Case {
        std::string name;
        std::string key_table;
        std::string signing_table;
        std::string domain;
        bool absent;
    };
    const Case cases[]{
        {"a file that is there", "k %:s:/DIR/keys/%.pem\n", "*@* k\n", "example.com", false},
        {"a file that is not", "k %:s:/DIR/keys/%.pem\n", "*@* k\n", "example.net", true},
        {"nor its directory", "k %:s:/DIR/keys/%/s.pem\n", "*@* k\n", "example.net", true},
        {"a file that is no key", "k %:s:/DIR/keys/%.pem\n", "*@* k\n", "bad.example.net", false},
        {"something else in its place", "k %:s:/DIR/%/s.pem\n", "*@* k\n", "keys.example", true},
        {"a row that is there", "example.com example.com:s:./ed.pem\n", "*@* %\n", "example.com", false},
        {"a row that is not", "example.com example.com:s:./ed.pem\n", "*@* %\n", "example.net", true},
        {"a domain that cannot sign", "k %:s:./ed.pem\n", "* k\n", "localhost", true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        Store store;
        store.write("keys/bad.example.net.pem", "no key\n");
        store.set_tables(c.key_table, c.signing_table);
        (void)store.load();
        const auto signers = store.store().signers_for("joe", *base::DomainName::parse(c.domain));
        REQUIRE(signers.size() == 1);
        CHECK(signers.front().absent == c.absent);
        CHECK((!c.absent || signers.front().key == nullptr));
    }
}

TEST_CASE("a key that is named outright is never merely absent") {
    Store store;
    store.set_tables("k example.com:s:/DIR/no.pem\n", "*@example.com k\n");
    store.options.domain_keys = {{"example.com", false, "t", store.path("neither.pem"), ""}};
    CHECK(store.load().size() == 2);
    for (const auto& signer : store.store().signers_for("joe", *base::DomainName::parse("example.com"))) {
        CHECK_FALSE(signer.absent);
        CHECK(signer.key == nullptr);
    }
}

namespace {

// "`*@example.org rsa`, `* rsa2`" -> the rows, one a line.
std::string rows_of(std::string_view cell) {
    std::string rows;
    bool inside = false;
    for (const char c : cell) {
        if (c == '`') {
            rows += inside ? "\n" : "";
            inside = !inside;
        } else if (inside) {
            rows += c;
        }
    }
    return rows;
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, '|');) {
        const auto start = cell.find_first_not_of(' ');
        cells.push_back(
            start == std::string::npos ? "" : cell.substr(start, cell.find_last_not_of(' ') - start + 1));
    }
    return cells;
}

// What the guide calls it: the keys that sign, 451 or nothing.
std::string outcome(const keys::KeyStore& store) {
    std::string names;
    for (const keys::Signer& signer : store.signers_for("ann", *base::DomainName::parse("example.org"))) {
        if (!signer.key) {
            return "451";
        }
        names += (names.empty() ? "" : ", ") + signer.name;
    }
    return names.empty() ? "nothing" : names;
}

} // namespace

TEST_CASE("which rows sign is as the guide has it") {
    Store store;
    store.write("rsa2.pem", support::rsa_pem);
    const std::string key_table = "rsa example.org:r:./rsa.pem\nrsa2 example.org:r2:./rsa2.pem\n"
                                  "ed example.org:e:./ed.pem\ngone example.org:g:./gone.pem\n";
    std::ifstream guide(PARAPH_SOURCE_DIR "/docs/guide/keys.md");
    std::size_t cases = 0;
    for (std::string line; std::getline(guide, line);) {
        if (!line.starts_with("| `") || cells_of(line).size() != 4) {
            continue;
        }
        const auto cells = cells_of(line);
        INFO(line);
        store.set_tables(key_table, rows_of(cells[1]));
        store.options.all_matches = false;
        (void)store.load();
        CHECK(outcome(store.store()) == cells[2]);
        store.options.all_matches = true;
        (void)store.load();
        CHECK(outcome(store.store()) == cells[3]);
        ++cases;
    }
    CHECK(cases == 17);
}

TEST_CASE("a fault of one key is told where it is named, and concerns its own mail only") {
    Store store;
    store.set_tables(
        "good example.com:s:./ed.pem\n"
        "gone example.org:s:./gone.pem\n"
        "short localdomain:s:./ed.pem\n"
        "record example.net:s1._domainkey.example.net:./ed.pem\n",
        "*@example.com good\n*@example.org gone\n*@localdomain.example short\n*@example.net record\n");
    store.options.domain_keys = {
        {"a.example", false, "s", store.path("none.pem"), "", "/etc/paraph/paraph.yaml", 7},
        {"b.example", false, "s", store.path("rsa.pem"), "", "/etc/paraph/paraph.yaml", 9}};
    CHECK(store.load() ==
          Texts{"/DIR/KeyTable:3: 'short': the signing domain needs two labels at least",
                "/DIR/KeyTable:4: 'record': 's1._domainkey.example.net' is the name of a key record; write "
                "only the "
                "selector, 's1'",
                "/DIR/KeyTable:2: /DIR/./gone.pem: No such file or directory",
                "/etc/paraph/paraph.yaml:7: key a.example/s: /DIR/none.pem: No such file or directory"});
    for (const keys::Severity severity : store.severities()) {
        CHECK(severity == keys::Severity::signer);
    }
    CHECK(store.signers_for("joe", "example.com") == Texts{"good d=example.com s=s i= ed25519"});
    CHECK(store.signers_for("joe", "b.example") == Texts{"b.example/s d=b.example s=s i= rsa"});
    CHECK(store.signers_for("joe", "example.org") ==
          Texts{"gone d=example.org s=s i= /DIR/./gone.pem: No such file or directory"});
    CHECK(store.signers_for("joe", "localdomain.example") ==
          Texts{"short d= s= i= /DIR/KeyTable:3: the row cannot be used"});
    CHECK(store.signers_for("joe", "example.net") ==
          Texts{"record d= s= i= /DIR/KeyTable:4: the row cannot be used"});
    CHECK(store.signers_for("joe", "a.example") ==
          Texts{"a.example/s d=a.example s=s i= /DIR/none.pem: No such file or directory"});
}

TEST_CASE("what leaves open whose mail it is about stops everything") {
    struct Case {
        std::string name;
        std::string key_table;
        std::string signing_table;
    };
    const Case cases[]{
        {"a key name that is nowhere", "k example.com:s:./ed.pem\n", "*@example.com other\n"},
        {"an empty key table", "", "*@example.com k\n"},
        {"a row without a value", "k example.com:s:./ed.pem\n", "*@example.com k\n*@example.org\n"},
        {"a regular expression", "k example.com:s:./ed.pem\n", "/^.*@example\\.com$/ k\n"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Store store;
        store.set_tables(c.key_table, c.signing_table);
        (void)store.load();
        CHECK(store.severities() == std::vector{keys::Severity::error});
    }
}

TEST_CASE("whatever a table accepts can sign") {
    const std::vector<std::string> domains{"example.com",
                                           "Example.COM",
                                           "example.com.",
                                           "localdomain",
                                           "default",
                                           "localhost",
                                           "com.",
                                           "192.0.2.1",
                                           "[192.0.2.1]",
                                           "::1",
                                           "-a.example",
                                           "a-.example",
                                           "_dmarc.example",
                                           "x--y.example",
                                           "1.2",
                                           "%",
                                           "%.example",
                                           "m\xc3\xbcller.example",
                                           "m\xc3\xbcller",
                                           "a..b",
                                           ".example.com",
                                           "*.example.com",
                                           "",
                                           std::string(63, 'a') + ".example",
                                           std::string(64, 'a') + ".example",
                                           std::string(63, 'a') + '.' + std::string(63, 'b') + '.' +
                                               std::string(63, 'c') + '.' + std::string(50, 'd'),
                                           "ex ample.com",
                                           "exam\"ple.com",
                                           "a@example.com"};
    const std::vector<std::string> selectors{"s",
                                             "S2026",
                                             "a.b",
                                             "s.",
                                             ".s",
                                             "-s",
                                             "_s",
                                             "s1._domainkey",
                                             "s1._domainkey.example.com",
                                             "s_1",
                                             "",
                                             "\xc3\xbc",
                                             "a b",
                                             "192.0.2.1",
                                             std::string(63, 's'),
                                             std::string(64, 's'),
                                             std::string(60, 's') + '.' + std::string(60, 't')};
    const std::vector<std::string> signers{"",
                                           ":@%",
                                           ":joe@%",
                                           ":joe@example.com",
                                           ":a b@%",
                                           ":\"a b\"@%",
                                           ":@",
                                           ":joe",
                                           ":joe@%%",
                                           ":j;oe@%",
                                           ":" + std::string(300, 'a') + "@%",
                                           ":\xff@%"};
    const std::vector<std::string> authors{"example.com", "localhost", "a.b.c.example.org",
                                           std::string(63, 'a') + '.' + std::string(63, 'b') + '.' +
                                               std::string(63, 'c') + '.' + std::string(60, 'd')};
    const message::HeaderList headers = header_of_a_message();
    std::size_t accepted = 0, signed_messages = 0;
    Store store;
    for (const std::string& domain : domains) {
        for (const std::string& selector : selectors) {
            std::string rows;
            for (const std::string& signer : signers) {
                rows += "* k" + signer + "\n";
            }
            store.set_tables("k " + domain + ':' + selector + ":./ed.pem\n", rows);
            store.options.all_matches = true;
            (void)store.load();
            const bool row_is_good =
                store.severities().empty() || store.severities().front() == keys::Severity::warning;
            accepted += row_is_good ? 1 : 0;
            for (const std::string& author : authors) {
                for (const keys::Signer& signer :
                     store.store().signers_for("joe", *base::DomainName::parse(author))) {
                    INFO(domain << ' ' << selector << ' ' << author << ' ' << signer.identity << ' '
                                << signer.problem);
                    CHECK((signer.key != nullptr) == (row_is_good && !signer.absent));
                    if (signer.key) {
                        CHECK(can_sign(signer, headers));
                        ++signed_messages;
                    }
                }
            }
        }
    }
    CHECK(accepted > 50);
    CHECK(signed_messages > 500);
}

TEST_CASE("keys of domains") {
    Store store;
    store.options.domain_keys = {
        {"example.com", true, "r", store.path("rsa.pem"), ""},
        {"example.com", true, "e", store.path("ed.pem"), "@news.example.com"},
        {"own.example.com", false, "o", store.path("ed.pem"), ""},
        {"single.example", false, "s", store.path("ed.pem"), ""},
    };
    CHECK(store.load().empty());
    struct Case {
        std::string domain;
        Texts signers;
    };
    const Texts both{"example.com/r d=example.com s=r i= rsa",
                     "example.com/e d=example.com s=e i=@news.example.com ed25519"};
    const Case cases[]{
        {"example.com", both},
        {"a.example.com", both},
        {"a.b.example.com", both},
        {"own.example.com", {"own.example.com/o d=own.example.com s=o i= ed25519"}},
        {"x.own.example.com", both}, // its nearest parent signs for itself only
        {"single.example", {"single.example/s d=single.example s=s i= ed25519"}},
        {"a.single.example", {}},
        {"notexample.com", {}},
        {"com", {}},
    };
    for (const Case& c : cases) {
        INFO(c.domain);
        CHECK(store.signers_for("joe", c.domain) == c.signers);
    }
}

TEST_CASE("keys of domains come before those of tables, and all of them sign") {
    Store store;
    store.set_tables("k example.com:t:./ed.pem\nl example.com:e:./ed.pem\n",
                     "*@example.com l\n*@example.com k\n");
    store.options.domain_keys = {{"example.com", false, "r", store.path("rsa.pem"), ""},
                                 {"example.com", false, "e", store.path("ed.pem"), ""}};
    store.options.all_matches = true;
    CHECK(store.load().empty());
    CHECK(store.signers_for("joe", "example.com") == Texts{"example.com/r d=example.com s=r i= rsa",
                                                           "example.com/e d=example.com s=e i= ed25519",
                                                           "k d=example.com s=t i= ed25519"});
}

TEST_CASE("a key that all mail needs and that cannot be used is told as such") {
    struct Case {
        std::string keys;
        std::string row;
        std::string told; // of the row; empty: nothing
        bool all_matches = false;
    };
    const std::string stopped = "and its key 'k' cannot be used: such mail is answered 451 or goes out "
                                "unsigned (signing.missing_key)";
    const Case cases[]{
        {"k %:s:./lost.pem", "* k", "'*' concerns ALL mail that no other row signs, " + stopped},
        {"k %:s:./lost.pem", "*@* k", "'*@*' concerns ALL mail that no other row signs, " + stopped},
        {"k %:s:./lost.pem", "* k", "'*' concerns ALL mail that is signed, " + stopped, true},
        {"k %:s:AAAA", "* k", "'*' concerns ALL mail that no other row signs, " + stopped},
        {"k %:s:./lost.pem", "*@example.com k", ""},
        {"k %:s:./ed.pem", "* k", ""},
        {"k %:s:/nonexistent/%.pem", "* k", ""}, // whoever has no file has no key
    };
    for (const Case& c : cases) {
        CAPTURE(c.keys, c.row);
        for (const std::string kind : {"refile:", ""}) {
            Store store;
            store.options.all_matches = c.all_matches;
            store.options.read_keys = true;
            store.set_tables("ok example.com:s:./ed.pem\n" + c.keys + "\n",
                             "joe@example.com ok\n" + c.row + "\n", kind);
            std::string told;
            for (const std::string& line : store.load()) {
                told += line.find("concerns ALL mail") == std::string::npos ? "" : line;
            }
            CHECK(told == (c.told.empty() ? "" : "/DIR/SigningTable:2: " + c.told));
            for (const auto severity : store.severities()) {
                CHECK(severity != keys::Severity::error);
            }
        }
    }
}

TEST_CASE("keys that verifiers need not take bring a warning") {
    const auto large = crypto::SigningKey::generate(crypto::KeyType::rsa, 4104);
    REQUIRE(large);
    Store store;
    store.write("large.pem", large->to_pem());
    store.options.read_keys = true;
    std::string in_one_line = large->to_pem();
    std::replace(in_one_line.begin(), in_one_line.end(), '\n', ' ');
    store.set_tables("k example.com:s:./large.pem\nl example.com:t:" + in_one_line + "\n",
                     "*@example.com k\n");
    store.options.domain_keys = {{"example.org", false, "r", store.path("large.pem"), ""}};
    const std::string warning =
        "an RSA key of 4104 bits; verifiers need not take more than 4096, and many, paraphd "
        "among them, do not";
    CHECK(store.load() == Texts{"/DIR/KeyTable:1: warning: /DIR/./large.pem: " + warning,
                                "/DIR/KeyTable:2: warning: " + warning,
                                "/DIR/large.pem: warning: " + warning});
    CHECK(store.signers_for("joe", "example.com").size() == 1);
}

TEST_CASE("problems of tables are all told, with file and line") {
    Store store;
    store.set_tables("# keys\n"
                     "good example.com:s:./ed.pem\n"
                     "bad example.com\n"
                     "lost example.com:s:./lost.pem\n"
                     "lone\n",
                     "joe@example.com good\n"
                     "*@example.com unknown\n"
                     "* good\n"
                     "ann@example.com good:ann@example.org\n"
                     "*@example.com %\n");
    CHECK(store.load() ==
          Texts{
              "/DIR/KeyTable:5: 'lone' has no value",
              "/DIR/KeyTable:3: 'bad': expected DOMAIN:SELECTOR:KEY",
              "/DIR/SigningTable:2: the KeyTable has no row 'unknown'",
              "/DIR/SigningTable:3: warning: '*' lets authors of every domain sign as 'example.com'",
              "/DIR/SigningTable:4: warning: signer 'ann@example.org' is not at 'example.com' or below it "
              "and is left out",
              "/DIR/KeyTable:4: /DIR/./lost.pem: No such file or directory",
          });
    CHECK(store.signers_for("joe", "example.com").at(0) == "good d=example.com s=s i= ed25519");
}

TEST_CASE("tables that cannot be read") {
    Store store;
    store.options.key_table = "db:/x";
    store.options.signing_table = store.path("none");
    CHECK(store.load() == Texts{"db:/x: tables of the kind 'db:' are not supported; write the rows to a file",
                                "/DIR/none: No such file or directory"});
    CHECK(store.signers_for("joe", "example.com").empty());
}

TEST_CASE("key files that others can read") {
    Store store;
    store.set_tables("k example.com:s:./ed.pem\n", "*@example.com k\n");
    REQUIRE(::chmod(store.path("ed.pem").c_str(), 0644) == 0);
    auto problems = store.load();
    REQUIRE(problems.size() == 1);
    CHECK(
        problems[0].starts_with("/DIR/KeyTable:1: /DIR/./ed.pem: can be read by others (mode 0644, owner "));
    CHECK(store.signers_for("joe", "example.com").at(0).find("can be read by others") != std::string::npos);

    store.options.require_safe_keys = false;
    problems = store.load();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("/DIR/KeyTable:1: warning: /DIR/./ed.pem: can be read by others"));
    CHECK(store.signers_for("joe", "example.com") == Texts{"k d=example.com s=s i= ed25519"});
}

TEST_CASE("a table with keys in it is a key file") {
    Store store;
    store.set_tables("k example.com:s:MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                     "*@example.com k\n");
    REQUIRE(::chmod(store.path("KeyTable").c_str(), 0644) == 0);
    const auto problems = store.load();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("/DIR/KeyTable: it holds keys, and /DIR/KeyTable: can be read by others"));
    CHECK(store.signers_for("joe", "example.com").at(0).find("can be read by others") != std::string::npos);
}

TEST_CASE("a check reads the keys as well") {
    Store store;
    store.write("junk.pem", "not a key");
    store.set_tables("a example.com:a:./junk.pem\n"
                     "b example.com:b:aGVsbG8=\n"
                     "c example.com:c:./ed.pem:rsa-sha256\n"
                     "d %:d:/DIR/none/%.pem\n"
                     "e example.com:e:./ed.pem\n"
                     "f example.com:f:./ed.pem:rsa-sha256\n",
                     "*@example.com e\n");
    store.options.domain_keys = {{"example.org", false, "s", store.path("junk2.pem"), ""}};
    store.write("junk2.pem", "not a key");
    CHECK(store.load().empty());
    store.options.read_keys = true;
    CHECK(store.load() == Texts{
                              "/DIR/KeyTable:1: /DIR/./junk.pem: no PEM private key found",
                              "/DIR/KeyTable:2: the private key cannot be read",
                              "/DIR/KeyTable:3: 'c' is for rsa-sha256, but its key is of the type ed25519",
                              "/DIR/KeyTable:6: 'f' is for rsa-sha256, but its key is of the type ed25519",
                              "/DIR/junk2.pem: no PEM private key found",
                          });
}

TEST_CASE("access is checked for another user") {
    Store store;
    store.options.user = "no such user";
    CHECK(store.load() == Texts{"no such user: there is no user 'no such user'"});
}

TEST_CASE("a key is read once, and one that could not be read is tried again") {
    Store store;
    store.options.domain_keys = {{"example.com", false, "s", store.path("late.pem"), ""}};
    CHECK(store.load() == Texts{"/DIR/late.pem: No such file or directory"});
    CHECK(store.signers_for("joe", "example.com") ==
          Texts{"example.com/s d=example.com s=s i= /DIR/late.pem: No such file or directory"});
    store.write("late.pem", support::ed25519_pem);
    CHECK(store.signers_for("joe", "example.com") == Texts{"example.com/s d=example.com s=s i= ed25519"});
    store.write("late.pem", support::rsa_pem);
    CHECK(store.signers_for("joe", "example.com") == Texts{"example.com/s d=example.com s=s i= ed25519"});
}

TEST_CASE("threads share the keys") {
    Store store;
    store.options.domain_keys = {{"example.com", false, "s", store.path("ed.pem"), ""}};
    CHECK(store.load().empty());
    const auto domain = *base::DomainName::parse("example.com");
    std::vector<std::shared_ptr<const crypto::SigningKey>> found(8);
    std::vector<std::thread> threads;
    for (auto& key : found) {
        threads.emplace_back([&] { key = store.store().signers_for("joe", domain).at(0).key; });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const auto& key : found) {
        CHECK(key == found[0]);
        CHECK(key != nullptr);
    }
}
