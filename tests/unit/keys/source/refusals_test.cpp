#include "keys/source/open.h"

#include "support/catch.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>

#include <string>

TEST_CASE("sources that nothing can be asked of") {
    using keys::source::Kind;
    struct Case {
        Kind kind;
        std::string connection;
        std::string query;
        std::string refusal; // what it has to hold; empty: it is fine
    };
    const Case cases[]{
        {Kind::postgresql, "host=/run dbname=mail", "SELECT k FROM s WHERE a = $1", ""},
        {Kind::postgresql, "postgresql://db.example.org/mail?sslmode=verify-full", "SELECT $1", ""},
        {Kind::postgresql, "service=mail", "SELECT $1", ""},
        {Kind::postgresql, "host=/run dbname=mail", "SELECT k FROM s WHERE a = '%s'", "write $1"},
        {Kind::postgresql, "host=/run database=mail", "SELECT $1", "not as libpq has it"},
        {Kind::postgresql, "host=/run password=secret", "SELECT $1", "password_file"},
        {Kind::postgresql, "postgresql://u:secret@h/mail", "SELECT $1", "password_file"},
        {Kind::mysql, "host=db port=3307 dbname=mail user=p", "SELECT k FROM s WHERE a = ?", ""},
        {Kind::mysql, "socket=/run/mysqld/mysqld.sock  dbname=mail", "SELECT ?", ""},
        {Kind::mysql, "host=db", "SELECT k FROM s WHERE a = $1", "write ?"},
        {Kind::mysql, "host=db port=70000", "SELECT ?", "the connection is written"},
        {Kind::mysql, "host=db password=secret", "SELECT ?", "password_file"},
        {Kind::ldap, "ldap://a ldaps://b starttls", "ou=x?k?sub?(mail=$d)", ""},
        {Kind::ldap, "ldaps://b ssl_ca=/etc/ca.pem", "ou=x?k?sub?(mail=$d)", ""},
        {Kind::ldap, "ldap://a", "$D?k", ""},
        {Kind::ldap, "ldap.example.org", "ou=x?k?sub?(mail=$d)", "ldap://HOST"},
        {Kind::ldap, "ldap://a", "", "BASE?ATTRIBUTES"},
        {Kind::ldap, "ldap://a", "ou=x??sub?(mail=$d)", "BASE?ATTRIBUTES"},
        {Kind::ldap, "ldap://a", "ou=x?k?sub?(mail=ann)", "no $d"},
    };
    for (const Case& c : cases) {
        INFO(c.connection << " " << c.query);
        keys::source::Options options;
        options.kind = c.kind;
        options.connection = c.connection;
        options.query = c.query;
        const auto refusal = keys::source::refusal(options);
        CHECK(refusal.empty() == c.refusal.empty());
        CHECK(refusal.find(c.refusal) != std::string::npos);
        CHECK(refusal.find("secret") == std::string::npos);
    }
}

TEST_CASE("what a query of SQLite may not be") {
    struct Case {
        std::string query;
        std::string refusal; // what it has to hold; empty: it is fine
    };
    const Case cases[]{
        {"SELECT 1 WHERE $1 = 'a'", ""},
        {"SELECT 1 WHERE $1 = ';' ; -- only a comment\n ;", ""},
        {"SELECT 1 WHERE ? = ?", ""},
        {"SELECT 1 WHERE $1 = 'a' AND $1 = 'b'", ""},
        {"SELECT 1 WHERE :name = 'a'", ""},
        {"SELECT 1 WHERE $1 = 'a'; SELECT 2", "more than one statement"},
        {"SELECT 1 WHERE $1 = 'a'; DROP TABLE t", "more than one statement"},
        {"SELECT 1 WHERE $1 = 'a'; nonsense", "more than one statement"},
        {"SELECT 1 WHERE $1 = 'a' AND $2 = 'b'", "several names"},
        {"SELECT 1 WHERE :user = 'a' AND :domain = 'b'", "several names"},
        {"SELECT 1 WHERE 'a' = '$1'", "no parameter"},
        {"", "no parameter"},
    };
    const TemporaryTree tree;
    keys::source::Options options;
    options.connection = tree.write("empty.sqlite", "");
    for (const Case& c : cases) {
        INFO(c.query);
        options.query = c.query;
        const auto source = keys::source::open(options);
        const auto answer = source->look_up("a", std::chrono::steady_clock::now() + std::chrono::seconds(10));
        const std::string error = answer ? "" : answer.error();
        CHECK(error.empty() == c.refusal.empty());
        CHECK(error.find(c.refusal) != std::string::npos);
    }
}

TEST_CASE("a pipe is no database, and nobody waits for its writer") {
    using keys::source::Kind;
    const TemporaryTree tree;
    const std::string pipe = tree.path("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const Kind kind : {Kind::sqlite, Kind::lmdb, Kind::berkeley}) {
        keys::source::Options options;
        options.kind = kind;
        options.connection = pipe;
        options.query = "SELECT k FROM s WHERE a = $1";
        const auto source = keys::source::open(options);
        const auto answer = source->look_up("a", std::chrono::steady_clock::now() + std::chrono::seconds(10));
        REQUIRE_FALSE(answer);
        CHECK(answer.error() == pipe + ": not a regular file");
    }
}
