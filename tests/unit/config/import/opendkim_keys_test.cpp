// Keys and tables of opendkim.
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::Effect;
using import_test::errors_of;
using import_test::has_line;
using import_test::of_opendkim;
using import_test::tells;

TEST_CASE("one key for one domain, or several") {
    const auto one = of_opendkim("Domain Example.org\nSelector mail\nKeyFile /k/mail.private\n");
    const auto settings = import_test::settings_of(one.settings);
    REQUIRE(settings.domains.contains("example.org"));
    CHECK(settings.domains.at("example.org").keys.front().file == "/k/mail.private");
    CHECK_FALSE(settings.domains.at("example.org").subdomains);
    REQUIRE(one.keys.size() == 1);
    CHECK(one.keys.front().path == "/k/mail.private");
    const auto many =
        of_opendkim("Domain a.test,b.test, a.test\nSelector mail\nKeyFile /k\nSubDomains yes\n");
    CHECK(import_test::settings_of(many.settings).domains.size() == 2);
    CHECK(has_line(many.settings, "subdomains: true"));
    CHECK(errors_of(many.settings).empty());
}

TEST_CASE("a file of domains stays the list of them") {
    const auto outcome = of_opendkim("Domain file:/etc/domains\nSelector mail\nKeyFile /k\n",
                                     {{"/etc/domains", "a.test\nb.test\n"}});
    CHECK(has_line(outcome.settings, "domain_table: /etc/domains"));
    CHECK(has_line(outcome.settings, "keys: [{selector: mail, file: /k}]"));
    CHECK(errors_of(outcome.settings).empty());
    CHECK(outcome.settings.find("\ndomains:") == std::string::npos);
    const auto below = of_opendkim("Domain /etc/domains\nSelector mail\nKeyFile /k\nSubDomains y\n",
                                   {{"/etc/domains", "a.test\nb.test\n"}});
    CHECK(import_test::settings_of(below.settings).domains.size() == 2);
}

TEST_CASE("Domain * becomes rows of the two tables") {
    const auto outcome = of_opendkim("Domain *\nSelector mail\nKeyFile /k\n");
    CHECK(has_line(outcome.settings, "key_table: \"csl:all=%:mail:/k\""));
    CHECK(has_line(outcome.settings, "signing_table: \"csl:*=all\""));
    CHECK(errors_of(outcome.settings).empty());
    CHECK(tells(outcome, Effect::note, "Better name your domains"));
}

TEST_CASE("tables are named in their form") {
    struct Case {
        const char* key_table;
        const char* signing_table;
        const char* expected_key;
        const char* expected_signing;
    };
    const Case cases[] = {
        {"/t/K", "refile:/t/S", "key_table: /t/K", "signing_table: refile:/t/S"},
        {"file:/t/K", "file:/t/S", "key_table: /t/K", "signing_table: /t/S"},
        {"refile:/t/K", "/t/S", "key_table: refile:/t/K", "signing_table: /t/S"},
        {"csl:k=a.test:s:/key", "csl:a.test=k", "key_table: \"csl:k=a.test:s:/key\"",
         "signing_table: \"csl:a.test=k\""},
        {"db:/t/K", "/t/S.db", "key_table: db:/t/K", "signing_table: db:/t/S.db"},
        {"lmdb:/t/K", "bdb:/t/S", "key_table: lmdb:/t/K", "signing_table: db:/t/S"},
    };
    for (const Case& test : cases) {
        INFO(test.key_table);
        const auto outcome = of_opendkim(std::string("KeyTable ") + test.key_table + "\nSigningTable " +
                                             test.signing_table + "\n",
                                         {{"/t/K", "k a.test:s:/key\n"}, {"/t/S", "a.test k\n"}});
        CHECK(has_line(outcome.settings, test.expected_key));
        CHECK(has_line(outcome.settings, test.expected_signing));
        CHECK(errors_of(outcome.settings).empty());
        CHECK(outcome.is_complete());
    }
}

TEST_CASE("of two tables of which one cannot be named, neither is") {
    for (const char* text : {"KeyTable /t/K\nSigningTable csl:a.test=k\001\n",
                             "KeyTable csl:k=a.test:s:/k\001\nSigningTable /t/S\n",
                             "Domain *\nSelector mail\nKeyFile /k\001\n"}) {
        INFO(text);
        const auto outcome = of_opendkim(text, {{"/t/K", "k a.test:s:/key\n"}, {"/t/S", "a.test k\n"}});
        CHECK(outcome.settings.find("_table:") == std::string::npos);
        CHECK(errors_of(outcome.settings).empty());
        CHECK(tells(outcome, Effect::decide, "control characters"));
    }
}

TEST_CASE("a relative table starts at BaseDirectory") {
    const auto outcome =
        of_opendkim("BaseDirectory /srv/dkim\nKeyTable file:KeyTable\nSigningTable refile:./S\n",
                    {{"/srv/dkim/KeyTable", "k a.test:s:./k.pem\n"}, {"/srv/dkim/S", "*@a.test k\n"}});
    CHECK(has_line(outcome.settings, "key_table: /srv/dkim/KeyTable"));
    CHECK(has_line(outcome.settings, "signing_table: refile:/srv/dkim/S"));
    CHECK(tells(outcome, Effect::decide, "opendkim finds this key at /srv/dkim/k.pem"));
}

TEST_CASE("a table that cannot be asked leaves mail unsigned, which is told") {
    for (const char* table : {"lua:/x", "memcache:h/p", "pcre:/x",
                              "dsn:oracle://h/d/table=t?keycol=k?datacol=d", "ldap://h/b?a?sub?(d=$D)"}) {
        INFO(table);
        const auto outcome = of_opendkim(std::string("KeyTable ") + table + "\nSigningTable csl:a=b\n");
        CHECK(tells(outcome, Effect::decide, "no mail is signed until both tables are set"));
        CHECK(outcome.settings.find("signing_table") == std::string::npos);
        CHECK(errors_of(outcome.settings).empty());
    }
}

TEST_CASE("tables and single keys: what opendkim does not start with is not guessed") {
    CHECK(tells(of_opendkim("KeyTable /t\n"), Effect::decide, "KeyTable and SigningTable need each other"));
    CHECK(tells(of_opendkim("Domain a.test\nSelector s\n"), Effect::decide, "need each other"));
    const auto dead = of_opendkim("KeyTable csl:k=a.test:s:/k\nSigningTable csl:a.test=k\nDomain a.test\n");
    CHECK(tells(dead, Effect::note, "has no effect beside a KeyTable"));
    CHECK(
        tells(of_opendkim("Domain not_a..name\nSelector s\nKeyFile /k\n"), Effect::decide, "is not signed"));
    CHECK(tells(of_opendkim("Domain a.test\nSelector a..b\nKeyFile /k\n"), Effect::decide,
                "'a..b' is not a selector"));
}

TEST_CASE("rows that never matched in a plain table, and do here, are told one by one") {
    const auto outcome = of_opendkim("KeyTable csl:k=a.test:s:/k\nSigningTable /t/S\n",
                                     {{"/t/S", "*@a.test k\nb.test k\n*@*.c.test k\n* k\n"}});
    CHECK(tells(outcome, Effect::receivers, "/t/S:1 SigningTable: mail of '*@a.test' is signed from now on"));
    CHECK(tells(outcome, Effect::receivers, "/t/S:3 SigningTable"));
    CHECK_FALSE(tells(outcome, Effect::receivers, "/t/S:2"));
    CHECK_FALSE(tells(outcome, Effect::receivers, "/t/S:4"));
}

TEST_CASE("--copy-keys: copies have names of their own, and the table has them") {
    const std::string table =
        "# ours\na  a.test:s:/old/one.private\nb b.test:s:/old/one.private # same\n"
        "c a.test:s:/old/two.private\nd %:s:/old/%.private\ne e.test:s:/x y/k:ed25519-sha256\n";
    const auto outcome =
        import_test::imported({{"/etc/opendkim.conf", "KeyTable /t/K\nSigningTable refile:/t/S\n"},
                               {"/t/K", table},
                               {"/t/S", "* a\n"}},
                              {}, true);
    CHECK(has_line(outcome.settings, "key_table: /etc/paraph/KeyTable"));
    REQUIRE(outcome.files.size() == 1);
    CHECK(outcome.files[0].path == "/etc/paraph/KeyTable");
    CHECK(outcome.files[0].secret);
    CHECK(outcome.files[0].text == "# ours\na  a.test:s:/etc/paraph/keys/s.a.test.pem\n"
                                   "b b.test:s:/etc/paraph/keys/s.a.test.pem\n"
                                   "c a.test:s:/etc/paraph/keys/s.a.test-2.pem\nd %:s:/old/%.private\n"
                                   "e e.test:s:/etc/paraph/keys/s.e.test.pem:ed25519-sha256\n");
    CHECK(outcome.keys.size() == 3);
    CHECK(tells(outcome, Effect::dropped, "keys with % in their path are not copied"));
}

TEST_CASE("--copy-keys: a single key, whatever its selector is") {
    const auto outcome = import_test::imported(
        {{"/etc/opendkim.conf", "Domain a.test\nSelector mail\nKeyFile /old/key\n"}}, {}, true);
    CHECK(has_line(outcome.settings, "file: /etc/paraph/keys/mail.pem"));
    const auto odd = import_test::imported(
        {{"/etc/opendkim.conf", "Domain a.test\nSelector ../../etc/x\nKeyFile /old/key\n"}}, {}, true);
    for (const auto& key : odd.keys) {
        CHECK(key.copy.find("/../") == std::string::npos);
    }
}
