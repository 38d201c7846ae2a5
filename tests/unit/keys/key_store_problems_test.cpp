// What a key store tells of keys and tables that it cannot use, or should not.
#include "keys/key_store.h"

#include "support/catch.h"
#include "unit/keys/store.h"

#include <sys/stat.h>

#include <string>

using keys_test::Store;
using keys_test::Texts;

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
        "an RSA key of 4104 bits; verifiers need not accept more than 4096, and many, paraphd "
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
    CHECK(store.load() == Texts{"db:/x: 'db:' is no kind of table; known are file:, refile: and csl:",
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
