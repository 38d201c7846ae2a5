// check-config: what it looks at, and what it says of it.
#include "milter/tool/run.h"

#include "support/catch.h"
#include "support/keys.h"
#include "unit/milter/tool/workspace.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace fs = std::filesystem;

using milter::tool::ExitCode;
using tool_test::contains;
using tool_test::run;
using tool_test::Workspace;

TEST_CASE("check-config reports all errors at once") {
    const Workspace files;
    const auto config = files.write("paraph.yaml", "spf:\n  enable: yes\ndns:\n  attempts: many\n");
    const auto ran = run({"check-config", "-c", config, "--json"});
    CHECK(ran.code == ExitCode::config);
    const auto json = nlohmann::json::parse(ran.out);
    CHECK(json["errors"] == 2);
    REQUIRE(json["diagnostics"].size() == 2);
    CHECK(json["diagnostics"][0]["line"] == 2);
    CHECK(json["diagnostics"][1]["line"] == 4);
}

TEST_CASE("check-config looks at the keys of a configuration with errors") {
    const Workspace files;
    struct Case {
        const char* name;
        const char* yaml;
        std::vector<std::string> said;
        bool complete;
    };
    const Case cases[] = {
        {"an error elsewhere",
         "spf: {enabled: maybe}\ndomains: {a.test: {keys: [{selector: s, file: none.pem}]}}\n",
         {"expected true or false", "none.pem: No such file"},
         true},
        {"an error in another key",
         "domains:\n  a.test: {keys: [{selector: s}, {selector: t, file: none.pem}]}\n  b.test: {keyz: []}\n",
         {"'domains.a.test.keys.file' is missing", "key a.test/t: ", "none.pem: No such file"},
         true},
        {"no YAML", "domains: [\n", {"not valid YAML", "Keys and tables are not checked"}, false},
        {"an included file that is no YAML",
         "include: bad.yaml\ndomains: {a.test: {keys: [{selector: s, file: none.pem}]}}\n",
         {"bad.yaml:1", "none.pem: No such file", "Keys and tables are not checked"},
         false},
        {"one table of two", "signing: {key_table: KeyTable}\n", {"signing_table"}, true},
    };
    files.write("bad.yaml", "domains: [\n");
    files.write("KeyTable", "rubbish\n");
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", test.yaml);
        const auto ran = run({"check-config", config});
        CAPTURE(ran.out);
        CHECK(ran.code == ExitCode::config);
        for (const auto& said : test.said) {
            CHECK(contains(ran.out, said));
        }
        CHECK(contains(ran.out, "are not checked") != test.complete);
        CHECK(nlohmann::json::parse(run({"check-config", "--json", config}).out)["complete"] ==
              test.complete);
    }
}

TEST_CASE("check-config tells of each error once") {
    const Workspace files;
    struct Case {
        const char* name;
        const char* yaml;
        std::size_t errors;
    };
    const Case cases[] = {
        {"two tables that are missing", "signing:\n  key_table: NoKeys\n  signing_table: refile:NoRows\n", 2},
        {"one of two", "signing: {key_table: KeyTable, signing_table: NoRows}\n", 1},
        {"another setting of theirs", "signing: {key_table: KeyTable, signing_table: KeyTable, keyz: x}\n",
         3},
        {"a key whose safety nobody can tell",
         "signing: {require_safe_keys: nope}\ndomains: {a.test: {keys: [{selector: s, file: open.pem}]}}\n",
         1},
        {"the same, and it is wanted",
         "spf: {enabled: nope}\ndomains: {a.test: {keys: [{selector: s, file: open.pem}]}}\n", 2},
    };
    files.write("KeyTable", "rubbish\n");
    files.write("open.pem", support::rsa_pem);
    std::filesystem::permissions(files.path("open.pem"), std::filesystem::perms::all);
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", test.yaml);
        const auto json = nlohmann::json::parse(run({"check-config", "--json", config}).out);
        CAPTURE(json.dump(2));
        CHECK(json["errors"] == test.errors);
        CHECK(json["files"] == (contains(test.yaml, "keyz") ? 3 : 1));
    }
}

TEST_CASE("check-config takes a file by its place, and standard input") {
    const Workspace files;
    const std::string yaml = "dns: {timeout: 2}\n";
    const auto config = files.write("p.yaml", yaml);
    const std::string expected =
        ":1:16: error: 'dns.timeout': expected a duration from 100ms to 1m, not '2' (write '2s')\n";
    CHECK(run({"check-config", config}).out.starts_with(config + expected));
    CHECK(run({"check-config", "-c", config}).out.starts_with(config + expected));
    for (const char* const option : {"-c", "--config"}) {
        const auto ran = run({"check-config", option, "-"}, yaml);
        CHECK(ran.code == ExitCode::config);
        CHECK(ran.out.starts_with("standard input" + expected));
    }
    CHECK(run({"check-config", "-"}, yaml).out.starts_with("standard input" + expected));
    CHECK(run({"check-config", "-"}, "").code == ExitCode::ok);
    CHECK(run({"check-config", config, config}).code == ExitCode::usage);
}

TEST_CASE("check-config counts what it has looked at") {
    const Workspace files;
    files.write("a.pem", support::rsa_pem);
    files.write("KeyTable",
                "a a.example:s:" + files.path("a.pem") + "\nb b.example:s:" + files.path("a.pem") + "\n");
    files.write("SigningTable", "*@a.example a\n*@b.example b\n*@c.example b\n");
    const auto config = files.write("p.yaml", "signing:\n  key_table: KeyTable\n"
                                              "  signing_table: refile:SigningTable\n"
                                              "  require_safe_keys: no\n");
    const auto ran = run({"check-config", config});
    CAPTURE(ran.out);
    CHECK(contains(ran.out, "checked 3 files, 0 domains, 0 keys, 2 rows of the key table, 3 rows of the "
                            "signing table: 0 errors"));
    const auto json = nlohmann::json::parse(run({"check-config", config, "--json"}).out);
    CHECK(json["key_table_rows"] == 2);
    CHECK(json["signing_table_rows"] == 3);
    files.write("SigningTable", "# nothing yet\n");
    const auto empty = run({"check-config", config});
    CHECK(empty.code == ExitCode::ok);
    CHECK(contains(empty.out, files.path("SigningTable") + ": warning: the table has no rows"));
}

TEST_CASE("check-config tells what would keep the daemon from starting") {
    const Workspace files;
    struct Case {
        std::string name;
        std::string listen;
        ExitCode code;
        std::string said;
    };
    files.write("plain", "");
    const Case cases[] = {
        {"a directory that is missing", "{socket: 'unix:" + files.path("none/s") + "'}", ExitCode::config,
         "error: 'listen.socket': unix:" + files.path("none/s") + ": directory " + files.path("none") +
             ": No such file or directory"},
        {"a file for a directory", "{socket: 'unix:" + files.path("plain/s") + "'}", ExitCode::config,
         "plain is no directory"},
        {"a file in its place", "{socket: 'unix:" + files.path("plain") + "'}", ExitCode::config,
         "is there and is no socket"},
        {"no such group", "{socket: 'unix:" + files.path("s") + "', socket_group: nonesuch}",
         ExitCode::config, "there is no group 'nonesuch'"},
        {"an address of another host", "{socket: 'inet:192.0.2.1:8891'}", ExitCode::config,
         "Cannot assign requested address"},
        {"all is well", "{socket: 'unix:" + files.path("s") + "'}", ExitCode::ok, "0 errors, 0 warnings"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", "listen: " + test.listen + "\n");
        const auto ran = run({"check-config", config});
        CAPTURE(ran.out, ran.err);
        CHECK(ran.code == test.code);
        CHECK(contains(ran.out, test.said));
        CHECK(contains(ran.out, "The daemon would not start.\n") == (test.code != ExitCode::ok));
        CHECK_FALSE(fs::exists(files.path("s")));
        CHECK(run({"check-config", "--reload", config}).code == ExitCode::ok); // it has its socket
    }
}

TEST_CASE("check-config --quiet prints errors only, --reload asks for a daemon that runs") {
    const Workspace files;
    struct Case {
        std::string name;
        std::string yaml;
        bool good;
        bool taken;
        std::string said; // with --quiet; empty: nothing
    };
    const Case cases[] = {
        {"sound", "spf: {enabled: yes}\n", true, true, ""},
        {"a warning", "dkim: {minimum_key_bits: 512}\n", true, true, ""},
        {"one key is missing", "domains: {a.example: {keys: [{selector: s, file: none.pem}]}}\n", false, true,
         "none.pem: No such file or directory"},
        {"a mistake", "spf: {enabled: maybe}\n", false, false, "expected true or false"},
        {"a list of suffixes that is none", "dmarc: {public_suffix_list: p.yaml}\n", false, false, "p.yaml"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        const auto config = files.write("p.yaml", test.yaml);
        const auto quiet = run({"check-config", "--quiet", config});
        CHECK((quiet.code == ExitCode::ok) == test.good);
        CHECK(quiet.out.empty() == test.said.empty());
        CHECK(contains(quiet.out, test.said));
        CHECK_FALSE(contains(quiet.out, "warning"));
        const auto reload = run({"check-config", "--reload", "--quiet", config});
        CHECK((reload.code == ExitCode::ok) == test.taken);
        CHECK(reload.out.empty() == test.said.empty());
    }
}

TEST_CASE("check-config says what stands in place of a key, and for which domain") {
    const Workspace files;
    struct Case {
        std::string name;
        std::string text;
        std::string said;
    };
    const std::string der("\x30\x82\x04\xbd\x02\x01\x00", 7);
    const Case cases[] = {
        {"a public key", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n", "a public key"},
        {"a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "a certificate"},
        {"DER", der, "in DER, not PEM"},
        {"something else", "hello\n", "no PEM private key found"},
    };
    for (const Case& test : cases) {
        INFO(test.name);
        files.write("k.pem", test.text);
        const auto config = files.write("p.yaml", "signing: {require_safe_keys: no}\n"
                                                  "domains:\n"
                                                  "  a.example: {keys: [{selector: s, file: k.pem}]}\n"
                                                  "  b.example: {keys: [{selector: t, file: k.pem}]}\n");
        const auto ran = run({"check-config", config});
        CAPTURE(ran.out);
        CHECK(ran.code == ExitCode::config);
        const auto where = ": " + files.path("k.pem") + ": " + test.said;
        CHECK(contains(ran.out, config + ":3: error: key a.example/s" + where));
        CHECK(contains(ran.out, config + ":4: error: key b.example/t" + where));
    }
}

TEST_CASE("check-config finds keys that cannot be used") {
    const Workspace files;
    const auto config =
        files.write("paraph.yaml", "domains:\n  example.org:\n    keys:\n      - selector: s1\n"
                                   "        file: none.pem\n");
    const auto ran = run({"check-config", "-c", config});
    CHECK(ran.code == ExitCode::config);
    CHECK(contains(ran.out, "none.pem"));
}

TEST_CASE("check-config warns of keys for all names below a public suffix") {
    const Workspace files;
    files.write("domains", "example.org\n.co.uk OK\n*.example.net\n");
    struct Case {
        const char* yaml;
        const char* said; // empty: nothing
    };
    const std::string keys = "keys: [{selector: s, file: k.pem}]";
    const Case cases[] = {
        {"default: {domains: ['*.com'], KEYS}", "'default.domains': mail of every domain below 'com'"},
        {"default: {domains: ['*.github.io'], KEYS}", "below 'github.io'"},
        {"default: {domains: [com, '*.example.com'], KEYS}", ""},
        {"default: {domain_table: domains, KEYS}",
         "'default.domain_table': mail of every domain below 'co.uk'"},
        {"domains: {'*.co.uk': {KEYS}}", "'domains.*.co.uk': mail of every domain below 'co.uk'"},
        {"domains: {co.uk: {subdomains: true, KEYS}}", "'domains.co.uk': mail of every domain below 'co.uk'"},
        {"domains: {co.uk: {KEYS}, '*.example.net': {KEYS}}", ""},
    };
    for (const Case& test : cases) {
        INFO(test.yaml);
        std::string yaml = test.yaml;
        for (auto at = yaml.find("KEYS"); at != std::string::npos; at = yaml.find("KEYS")) {
            yaml.replace(at, 4, keys);
        }
        const auto ran = run({"check-config", files.write("p.yaml", yaml + "\n")});
        const bool warned = contains(ran.out, "it is a public suffix");
        CHECK(warned == (*test.said != '\0'));
        CHECK(contains(ran.out, test.said));
    }
}

TEST_CASE("check-config warns of a relay whose name leads to an internal host") {
    const Workspace files;
    const auto told = [&](const std::string& roles) {
        const std::string relay = "relays: {hosts: [{addresses: [localhost], names: [mx2.example.net]}]}\n";
        return run({"check-config", files.write("p.yaml", relay + roles)}).out;
    };
    const std::string words = ", in 'roles.internal_hosts' as well";
    const auto warned = told(""); // of 127.0.0.1 or ::1, as the system has it
    CHECK(contains(warned, ":1: warning: the relay 'localhost' is "));
    CHECK(contains(warned, words));
    CHECK_FALSE(contains(told("roles: {internal_hosts: [192.0.2.0/24, '!127.0.0.1', '!::1']}\n"), words));
}
