#include "config/load.h"
#include "config/table_prefix.h"

#include "support/catch.h"

#include <string>
#include <vector>

using Texts = std::vector<std::string>;

TEST_CASE("what is wrong with sources") {
    struct Case {
        std::string name;
        std::string yaml;
        Texts diagnostics;
    };
    const Case cases[]{
        {"all is well",
         "signing: {key_table: 'csl:a=b', signing_table: 'pgsql:mail'}\nsources: {mail: {connection: x}}\n",
         {}},
        {"one that is not there",
         "signing: {key_table: 'csl:a=b', signing_table: 'pgsql:mail'}\nsources: {post: {connection: x}}\n",
         {"p.yaml:1:48: error: 'signing.signing_table': there is no source 'mail' (it needs 'sources: mail:' "
          "with a connection)"}},
        {"no name",
         "signing: {key_table: 'csl:a=b', signing_table: 'ldap:'}\n",
         {"p.yaml:1:48: error: 'signing.signing_table': there is no source '' (it needs 'sources: NAME:' "
          "with a "
          "connection)"}},
        {"no connection, and a setting that is none",
         "sources: {mail: {tiemout: 2s}}\n",
         {"p.yaml:1:17: error: 'sources.mail.connection' is missing",
          "p.yaml:1:18: error: unknown setting 'sources.mail.tiemout' (did you mean 'timeout'?)"}},
        {"twice",
         "sources: {mail: {connection: x}, mail: {connection: y}}\n",
         {"p.yaml:1:34: error: 'sources.mail' is given twice (first at p.yaml:1:11)"}},
        {"no mapping",
         "sources: {mail: host=x}\n",
         {"p.yaml:1:17: error: 'sources.mail': expected settings below it, not a text"}},
        {"a name with a blank",
         "sources: {'my mail': {connection: x}}\n",
         {"p.yaml:1:11: error: 'my mail' is no name of a source (letters, digits and - _ .)"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Texts told;
        for (const auto& diagnostic : config::load_text(c.yaml, "p.yaml").diagnostics) {
            told.push_back(config::print(diagnostic));
        }
        CHECK(told == c.diagnostics);
    }
}

TEST_CASE("what a table is, by what stands before its colon") {
    struct Case {
        std::string table;
        std::string becomes; // as the daemon sees it
        std::string source;
    };
    const Case cases[]{
        {"csl:a=b, c=d", "csl:a=b, c=d", ""},
        {"db:/x", "db:/x", ""},
        {"/etc/nothing/here.db", "db:/etc/nothing/here.db", ""},
        {"lmdb:/x/y", "lmdb:/x/y", ""},
        {"sqlite:/x/y", "sqlite:/x/y", ""},
        {"sqlite:mail", "sqlite:mail", "mail"},
        {"postgresql:mail", "postgresql:mail", "mail"},
        {"mariadb:mail", "mariadb:mail", "mail"},
        {"ldap:mail", "ldap:mail", "mail"},
    };
    for (const Case& c : cases) {
        INFO(c.table);
        const auto loaded = config::load_text("signing: {key_table: 'csl:a=b', signing_table: '" + c.table +
                                                  "'}\nsources: {mail: {connection: x}}\n",
                                              "p.yaml");
        REQUIRE(loaded.settings);
        CHECK(loaded.settings->signing.signing_table == c.becomes);
        CHECK(config::source_named(c.becomes) == c.source);
    }
}
