// paraph key list, test and import, and the forms of records.
#include "keys/published_record.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"
#include "workspace.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

using milter::tool::ExitCode;
using tool_test::contains;
using tool_test::run;

namespace {

std::string value(std::string_view pem) {
    return keys::record_value(*crypto::SigningKey::from_pem(pem));
}

// Every file below it, with its mode and contents.
std::map<std::string, std::string> snapshot(const std::string& directory) {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        std::ostringstream text;
        text << static_cast<int>(entry.status().permissions()) << ' ' << std::ifstream(entry.path()).rdbuf();
        all[entry.path().string()] = text.str();
    }
    return all;
}

std::string configuration(const TemporaryTree& tree) {
    (void)tree.write("k.pem", support::rsa_pem);
    (void)tree.write("e.pem", support::ed25519_pem);
    (void)tree.write("any/example.com.pem", support::rsa_pem);
    (void)tree.write("KeyTable", "row example.net:n1:./k.pem\nany %:t1:" + tree.path("any/%.pem") +
                                     "\nlost %:t2:./k.pem\n");
    (void)tree.write("SigningTable", "*@example.net row\n*@example.com any\n.example.info any\n");
    return tree.write("p.yaml", "signing: {key_table: KeyTable, signing_table: 'refile:SigningTable'}\n"
                                "domains:\n  example.org:\n    keys:\n      - {selector: s1, file: k.pem}\n"
                                "      - {selector: s2, file: e.pem, active: false}\n");
}

} // namespace

TEST_CASE("key list names each key once, and where it is named") {
    const TemporaryTree tree;
    const auto config = configuration(tree);
    const auto listed = run({"key", "list", "-c", config});
    CAPTURE(listed.out, listed.err);
    CHECK(listed.code == ExitCode::ok);
    const std::string lines[]{"example.org\ts1\tactive\trsa 1024\t" + tree.path("k.pem"),
                              "example.org\ts2\tpending\ted25519 256\t" + tree.path("e.pem"),
                              "example.net\tn1\tactive\trsa 1024\t" + tree.path("k.pem"),
                              "example.com\tt1\tactive\trsa 1024\t" + tree.path("any/example.com.pem")};
    for (const auto& line : lines) {
        CAPTURE(line);
        CHECK(contains(listed.out, line));
    }
    CHECK(std::count(listed.out.begin(), listed.out.end(), '\n') == 4);
    CHECK(contains(listed.err, "not listed: "));
    CHECK(contains(listed.err, "lost is for any domain"));

    const auto json = nlohmann::json::parse(run({"key", "list", "--json", "-c", config}).out);
    CHECK(json.size() == 4);
    CHECK(json[0]["bits"] == 1024);
    std::filesystem::remove(tree.path("e.pem"));
    const auto without = run({"key", "list", "-c", config});
    CHECK(without.code == ExitCode::config);
    CHECK(contains(without.out, "example.org\ts2\tunusable\t-"));
}

TEST_CASE("key list knows every kind of entry, every state, and what cannot be listed") {
    const TemporaryTree tree;
    (void)tree.write("k.pem", support::rsa_pem);
    (void)tree.write("domains", "listed.example OK\n.below.example OK\nown.example\n");
    const auto config = tree.write("p.yaml", R"(
signing:
  key_table: csl:row=example.com:t1:./k.pem, any=%:t2:./k.pem
  signing_table: csl:*@example.com=row, *@table.example=any
domains:
  "*.example.net": {keys: [{selector: w, file: k.pem}]}
  own.example: {keys: [{selector: o, file: k.pem}]}
  other.example: {signing_domain: signer.example, keys: [{selector: x, file: k.pem}]}
  many.example: {signing_domain: "%", subdomains: true, keys: [{selector: m, file: k.pem}]}
  life.example:
    keys:
      - {selector: old, file: gone.pem, state: retired}
      - {selector: last, file: k.pem, state: retiring}
      - {selector: now, file: k.pem}
      - {selector: next, file: k.pem, state: pending}
default:
  domains: [first.example, table.example]
  domain_table: domains
  keys: [{selector: d, file: k.pem}]
)");
    const auto listed = run({"key", "list", "-c", config});
    CAPTURE(listed.out, listed.err);
    CHECK(listed.code == ExitCode::ok);
    for (const auto* const line :
         {"example.net\tw\tactive\trsa 1024\t", "own.example\to\tactive\t", "signer.example\tx\tactive\t",
          "many.example\tm\tactive\t", "life.example\told\tretired\t-\t", "life.example\tlast\tretiring\trsa",
          "life.example\tnow\tactive\t", "life.example\tnext\tpending\t", "first.example\td\tactive\t",
          "listed.example\td\tactive\t", "example.com\tt1\tactive\t", "table.example\tt2\tactive\t"}) {
        CAPTURE(line);
        CHECK(contains(listed.out, line));
    }
    CHECK(std::count(listed.out.begin(), listed.out.end(), '\n') == 12);
    CHECK(contains(listed.out, tree.path("p.yaml") + ", signing.key_table:1\n"));
    CHECK(contains(listed.err, "the domains below below.example"));
    CHECK(contains(listed.err, "the domains below many.example"));

    const auto in_database =
        tree.write("db.yaml", "signing: {key_table: 'sqlite:" + tree.path("keys.db") +
                                  "', signing_table: 'sqlite:" + tree.path("keys.db") + "'}\n");
    const auto unknown = run({"key", "list", "-c", in_database});
    CHECK(unknown.code == ExitCode::ok);
    CHECK(unknown.out.empty());
    CHECK(contains(unknown.err, "keys.db, which cannot be listed"));
    const auto shown = run({"key", "show", "example.org", "-c", in_database});
    CHECK(shown.code == ExitCode::data);
    CHECK(contains(shown.err, "which cannot be listed"));
}

TEST_CASE("records are printed in every form, for one key and for all") {
    const TemporaryTree tree;
    const auto config = configuration(tree);
    const auto key = crypto::SigningKey::from_pem(support::rsa_pem);
    const auto show = [&](const std::string& format, bool one) {
        std::vector<std::string> words{"key", "show", "-c", config, "--format", format};
        if (one) {
            words.insert(words.end(), {"example.org", "s1"});
        }
        const auto shown = run(words);
        CHECK(shown.code == ExitCode::ok);
        return shown.out;
    };
    CHECK(show("value", true) == value(support::rsa_pem) + "\n");
    CHECK(contains(show("value", false), "n1._domainkey.example.net\t" + value(support::rsa_pem) + "\n"));
    CHECK(show("opendkim", true) == keys::opendkim_record({"s1", "example.org"}, *key, false) + "\n");
    CHECK(contains(show("opendkim", false), "n1._domainkey.example.net.\tIN\tTXT\t( \"v=DKIM1; h=sha256;"));
    CHECK(contains(show("zone", false), "t1._domainkey.example.com. IN TXT ( \"v=DKIM1; "));
    CHECK(show("nsupdate", true)
              .starts_with("update delete s1._domainkey.example.org. TXT\nupdate add "
                           "s1._domainkey.example.org. 3600 IN TXT \"v=DKIM1;"));
    const auto json = nlohmann::json::parse(show("json", false));
    CHECK(json.size() == 4);
    CHECK(json[0]["name"] == "s1._domainkey.example.org");
    CHECK(json[0]["value"] == value(support::rsa_pem));
    CHECK(run({"key", "show", "-c", config, "--format", "nsupdate", "--server", "x\nsend"}).code ==
          ExitCode::usage);
    const auto made = run({"key", "generate", "--domain", "example.org", "--selector", "g", "--type",
                           "ed25519", "--out-dir", tree.path("new"), "--format", "value"});
    CHECK(made.out.starts_with("v=DKIM1; k=ed25519; p="));
    CHECK(std::count(made.out.begin(), made.out.end(), '\n') == 1);
}

TEST_CASE("key test is quiet where all is well") {
    const TemporaryTree tree;
    const auto key = tree.write("k.pem", support::rsa_pem);
    std::filesystem::permissions(key, std::filesystem::perms(0600));
    const auto config =
        tree.write("p.yaml", "domains:\n  example.org:\n    keys: [{selector: s1, file: k.pem}]\n");
    const auto zone = [&](const std::string& text) { return tree.write("zone", text); };
    const auto good = "s1._domainkey.example.org TXT \"" + value(support::rsa_pem) + "\"\n";
    struct Case {
        const char* name;
        std::vector<std::string> arguments;
        std::string records;
        ExitCode code;
        std::string said; // on standard error
    };
    const Case cases[]{
        {"all keys", {}, good, ExitCode::ok, ""},
        {"with words", {"-v"}, good, ExitCode::ok, "checking key 's1._domainkey.example.org'"},
        {"with many", {"-vv"}, good, ExitCode::ok, "key not secure (no DNSSEC), which is no error"},
        {"no record", {}, "", ExitCode::data, "s1._domainkey.example.org: there is no record (NXDOMAIN)"},
        {"no answer", {}, "s1._domainkey.example.org TXT FAILED timeout\n", ExitCode::temporary, "no answer"},
        {"a file", {"-d", "example.org", "-s", "s1", "-k", key}, good, ExitCode::ok, ""},
        {"no such file",
         {"-d", "example.org", "-s", "s1", "-k", tree.path("absent")},
         good,
         ExitCode::config,
         "the private key cannot be used"},
        {"a record alone",
         {"-d", "example.net", "-s", "x"},
         "x._domainkey.example.net TXT \"v=DKIM1; p=\"\n",
         ExitCode::data,
         "the key is revoked"},
        {"a selector alone", {"-s", "x"}, good, ExitCode::usage, "need the domain"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        std::vector<std::string> words{"key",       "test", "-c", config, "--answers", zone(test.records),
                                       "--missing", "zone"};
        words.insert(words.end(), test.arguments.begin(), test.arguments.end());
        const auto ran = run(words);
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK((test.said.empty() ? (ran.out + ran.err).empty() : contains(ran.err, test.said)));
    }
}

TEST_CASE("key import uses the keys of OpenDKIM where they are") {
    const TemporaryTree tree;
    const auto key = crypto::SigningKey::from_pem(support::rsa_pem);
    (void)tree.write("old/mail.private", support::rsa_pem);
    (void)tree.write("old/mail.txt", keys::opendkim_record({"mail", "example.org"}, *key, false) + "\n");
    (void)tree.write("old/example.net/default.private", support::rsa_pem);
    (void)tree.write("old/example.net/new.private", support::rsa_pem);
    (void)tree.write("old/ed.example.com.pem", support::ed25519_pem);
    (void)tree.write("old/ed.example.com.txt",
                     keys::opendkim_record({"ed", "example.com"}, *key, false) + "\n");
    (void)tree.write("old/lonely.private", support::rsa_pem);
    (void)tree.write("old/two\nlines.example.com.pem", support::ed25519_pem);
    (void)tree.write("old/\xff.example.com.pem", support::ed25519_pem);
    (void)tree.write("old/certificate.pem", "-----BEGIN CERTIFICATE-----\n");
    const auto config = tree.write("p.yaml", "include: [keys.yaml]\n");
    (void)tree.write("keys.yaml", "");
    std::filesystem::permissions(tree.path("old/mail.private"), std::filesystem::perms(0644));
    const auto before = snapshot(tree.path("old"));

    std::filesystem::remove(tree.path("keys.yaml"));
    const auto none = tree.write("none.yaml", "");
    const auto taken =
        run({"key", "import", tree.path("old"), "--write", tree.path("keys.yaml"), "-c", none});
    CAPTURE(taken.out, taken.err);
    CHECK(taken.code == ExitCode::data); // four were left out
    CHECK(contains(taken.err, "old/lonely.private: nothing tells its domain; name it with --domain"));
    CHECK(contains(taken.err, "lines.example.com.pem: a configuration cannot hold this name; rename it"));
    CHECK(contains(taken.err, "left out: " + tree.path("old/certificate.pem")));
    CHECK(contains(taken.err, "the record in the .txt file beside it is another key's"));
    CHECK(contains(taken.err, "mail.private: can be read by others"));
    CHECK(contains(taken.err, "4 keys of 3 domains, used where they are; 4 left out"));
    CHECK(snapshot(tree.path("old")) == before);

    const auto listed = run({"key", "list", "-c", config});
    CHECK(contains(listed.out, "example.org\tmail\tactive\trsa 1024\t" + tree.path("old/mail.private")));
    CHECK(contains(listed.out, "example.com\ted\tactive\ted25519 256"));
    // Two of one type: which of them is published, nobody but the DNS knows.
    CHECK(contains(listed.out, "example.net\tdefault\tpending"));
    CHECK(contains(listed.out, "example.net\tnew\tpending"));

    const auto again = run({"key", "import", tree.path("old"), "-c", config});
    CHECK(again.code == ExitCode::data);
    CHECK(contains(again.err, "is in use already, by " + tree.path("keys.yaml")));
    CHECK(run({"key", "import", tree.path("old"), "-c", none, "--write", tree.path("keys.yaml")}).code ==
          ExitCode::cannot_write);
    CHECK(run({"key", "import", tree.path("nowhere"), "-c", none}).code == ExitCode::no_input);
    const auto named = run({"key", "import", tree.path("old/lonely.private"), "--domain", "example.org",
                            "--selector", "l1", "-c", none});
    CHECK(named.code == ExitCode::ok);
    CHECK(contains(named.out, "- selector: l1 # rsa 1024"));
}
