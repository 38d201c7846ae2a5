// Tables of opendkim in databases and directories.
#include "config/import/dsn.h"
#include "support/catch.h"
#include "unit/config/import/memory_files.h"

using config::import::parse_dsn;
using config::import::parse_ldap;
using import_test::errors_of;
using import_test::has_line;
using import_test::of_opendkim;

TEST_CASE("dsn: URLs") {
    struct Case {
        const char* text;
        const char* connection; // empty: refused
        const char* query;
    };
    const Case cases[] = {
        {"mysql://u:p@3306+db.test/mail/table=dkim?keycol=id?datacol=domain_name,selector,private_key",
         "host=db.test port=3306 dbname=mail",
         "SELECT domain_name, selector, private_key FROM dkim WHERE id = ?"},
        {"pgsql://u:p@localhost/mail/table=dkim?keycol=domain_name?datacol=id", "host=localhost dbname=mail",
         "SELECT id FROM dkim WHERE domain_name = $1"},
        {"mysql://localhost/mail/table=t?keycol=k?datacol=d?filter=active=3D1", "host=localhost dbname=mail",
         "SELECT d FROM t WHERE k = ? AND (active=1)"},
        {"sqlite3://=2Fvar=2Flib=2F/mail.db/table=t?keycol=k?datacol=d", "/var/lib/mail.db",
         "SELECT d FROM t WHERE k = ?"},
        {"sqlite3://mail/.db/table=t?keycol=k?datacol=d", "mail.db", "SELECT d FROM t WHERE k = ?"},
        {"mysql://h/d/table=t;DROP?keycol=k?datacol=d", "", ""},
        {"mysql://h/d/table=t?keycol=k", "", ""},
        {"mysql://h/d/table=t?keycol=k?datacol=d?filter=a=3D$1", "", ""},
        {"mysql://h", "", ""},
        {"mysql:h", "", ""},
        {"", "", ""},
        {"odbc://h/d/table=t?keycol=k?datacol=d", "", ""},
        {"mysql://x+h/d/table=t?keycol=k?datacol=d", "", ""},
        {"mysql://h=20host=3Dx/d/table=t?keycol=k?datacol=d", "", ""},
    };
    for (const Case& test : cases) {
        INFO(test.text);
        const auto source = parse_dsn(test.text);
        CHECK(source.has_value() == (*test.connection != '\0'));
        if (source) {
            CHECK(source->connection == test.connection);
            CHECK(source->query == test.query);
        }
    }
    const auto of_keys = config::import::KeyColumn::may_be_number;
    CHECK(parse_dsn("pgsql://h/d/table=t?keycol=id?datacol=d", of_keys)->query ==
          "SELECT d FROM t WHERE CAST(id AS text) = $1");
    CHECK(parse_dsn("mysql://h/d/table=t?keycol=id?datacol=d", of_keys)->query ==
          "SELECT d FROM t WHERE id = ?");
    CHECK(parse_dsn("mysql://u=40x:p=3Aw@h/d/table=t?keycol=k?datacol=d")->user == "u@x");
    CHECK(parse_dsn("mysql://u=40x:p=3Aw@h/d/table=t?keycol=k?datacol=d")->password == "p:w");
}

TEST_CASE("ldap: URLs") {
    const auto source = parse_ldap("ldap://a.test/ou=x,dc=b?KeyName?sub?(d=$d) ldap://b.test");
    REQUIRE(source);
    CHECK(source->connection == "ldap://a.test ldap://b.test");
    CHECK(source->query == "ou=x,dc=b?KeyName?sub?(d=$d)");
    CHECK(parse_ldap("ldapi://%2Frun%2Fldapi/dc=b?a?one?(d=$d)")->connection == "ldapi:///run/ldapi");
    for (const char* bad : {"", "ldap:", "ldap://h", "ldap://h/b", "ldap://h/b?a?sub?(d=$D)"}) {
        INFO(bad);
        CHECK_FALSE(parse_ldap(bad));
    }
}

TEST_CASE("a database becomes one source, and its password a file of its own") {
    const std::string url = "dsn:pgsql://modoboa:s3cr=40t@localhost/modoboa/table=dkim?keycol=";
    const auto outcome =
        of_opendkim("KeyTable " + url + "id?datacol=domain_name,selector,private_key_path\nSigningTable " +
                    url + "domain_name?datacol=id\n");
    INFO(outcome.settings);
    CHECK(has_line(outcome.settings, "key_table: postgresql:opendkim"));
    CHECK(has_line(outcome.settings, "signing_table: postgresql:opendkim"));
    CHECK(has_line(outcome.settings, "user: modoboa"));
    CHECK(has_line(outcome.settings, "password_file: /etc/paraph/opendkim.password"));
    CHECK(outcome.settings.find("s3cr") == std::string::npos);
    REQUIRE(outcome.files.size() == 1);
    CHECK(outcome.files[0].text == "s3cr@t\n");
    CHECK(outcome.files[0].secret);
    CHECK(errors_of(outcome.settings).empty());
    CHECK(outcome.is_complete());
}

TEST_CASE("a directory becomes a source with its login") {
    const auto outcome =
        of_opendkim("KeyTable ldap://h.test/ou=keys?a,b,c?one?(cn=$d)\n"
                    "SigningTable ldap://h.test/ou=who?a?one?(cn=$d)\nLDAPBindUser cn=reader\n"
                    "LDAPBindPassword hidden\nLDAPUseTLS yes\nLDAPTimeout 3\n");
    INFO(outcome.settings);
    CHECK(has_line(outcome.settings, "connection: \"ldap://h.test starttls\""));
    CHECK(has_line(outcome.settings, "user: \"cn=reader\""));
    CHECK(has_line(outcome.settings, "timeout: 3s"));
    CHECK(has_line(outcome.settings, "key_query: \"ou=keys?a,b,c?one?(cn=$d)\""));
    CHECK(outcome.settings.find("hidden") == std::string::npos);
    CHECK(errors_of(outcome.settings).empty());
}

TEST_CASE("two databases are two sources") {
    const auto outcome = of_opendkim("KeyTable dsn:mysql://h/d/table=t?keycol=k?datacol=a,b,c\n"
                                     "SigningTable dsn:pgsql://h/d/table=t?keycol=k?datacol=a\n");
    CHECK(has_line(outcome.settings, "key_table: mysql:opendkim-keys"));
    CHECK(has_line(outcome.settings, "signing_table: postgresql:opendkim-signing"));
    CHECK(errors_of(outcome.settings).empty());
}

TEST_CASE("a database that is a file lies in OpenDKIM's directory") {
    const std::string tables = "KeyTable dsn:sqlite3://mail/.db/table=t?keycol=k?datacol=a,b,c\n"
                               "SigningTable dsn:sqlite3://mail/.db/table=t?keycol=k?datacol=a\n";
    const auto in_root = of_opendkim(tables);
    CHECK(has_line(in_root.settings, "connection: /mail.db"));
    const auto in_directory = of_opendkim("BaseDirectory /var/lib/dkim\n" + tables);
    CHECK(has_line(in_directory.settings, "key_table: sqlite:opendkim"));
    CHECK(has_line(in_directory.settings, "connection: /var/lib/dkim/mail.db"));
}
