#include "keys/key_store.h"

#include "dkim/sign.h"
#include "message/parse_message.h"
#include "support/catch.h"
#include "support/keys.h"
#include "unit/keys/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using keys_test::Store;
using keys_test::Texts;

namespace {

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
