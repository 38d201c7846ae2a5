#include "milter/reports/schema.h"
#include "milter/reports/sqlite_database.h"
#include "support/catch.h"
#include "support/temporary_tree.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace milter::reports;

namespace {

// The first number of the first row; -1: it failed.
std::int64_t ask(Database& database, const std::string& statement) {
    const auto table = database.run(statement, {});
    return table && !table->rows.empty() ? table->rows[0].number(0) : -1;
}

Stored<void> add(Database& database, const std::string& domain, std::int64_t day) {
    const auto done =
        database.run("INSERT INTO paraph_report_domain VALUES ($1, $2, $2)", {Value(domain), Value(day)});
    return done ? Stored<void>() : base::refuse(done.error());
}

constexpr const char* count = "SELECT count(*) FROM paraph_report_domain";

} // namespace

TEST_CASE("a store makes its file and its tables, and finds them again") {
    const TemporaryTree tree;
    const auto path = tree.path("reports.db");
    {
        const auto database = open_sqlite({.path = path});
        REQUIRE(add(*database, "example.org", 20000));
    }
    const auto permissions = std::filesystem::status(path).permissions();
    CHECK((permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
    const auto database = open_sqlite({.path = path});
    CHECK(ask(*database, count) == 1);
    CHECK(ask(*database, "SELECT max(version) FROM paraph_report_store") ==
          static_cast<std::int64_t>(versions().size()));
    CHECK(database->size().value() > 4096);
}

TEST_CASE("a transaction is done as a whole or not at all") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    const auto failed = database->transaction([&]() -> Stored<void> {
        REQUIRE(add(*database, "example.org", 1));
        return add(*database, "example.org", 2); // the key is taken
    });
    CHECK_FALSE(failed);
    CHECK(failed.error().kind == Failure::Kind::refused);
    CHECK(ask(*database, count) == 0);
    CHECK(database->transaction([&] { return add(*database, "example.org", 1); }));
    CHECK(ask(*database, count) == 1);
}

TEST_CASE("values come back as they were, octets with zeros in them too") {
    const TemporaryTree tree;
    const auto database = open_sqlite({.path = tree.path("reports.db")});
    REQUIRE(database->run("CREATE TABLE kept (number bigint, words text, octets blob)", {}));
    const std::string octets("\0\xff\n'\\", 5);
    REQUIRE(database->fill("kept", {"number", "words", "octets"},
                           {{Value(std::int64_t{-5}), Value(std::string("it's")), Value(Bytes{octets})}}));
    const auto table =
        database->run("SELECT octets, words, number FROM kept WHERE octets = $2 AND number = $1",
                      {Value(std::int64_t{-5}), Value(Bytes{octets})});
    REQUIRE(table);
    REQUIRE(table->rows.size() == 1);
    CHECK(table->rows[0].text(0) == octets);
    CHECK(table->rows[0].text(1) == "it's");
    CHECK(table->rows[0].number(2) == -5);
}

TEST_CASE("a file that is no database is set aside, and another one takes its place") {
    const TemporaryTree tree;
    const auto path = tree.path("reports.db");
    std::ofstream(path) << std::string(8192, 'x');
    std::vector<std::string> aside;
    const auto database =
        open_sqlite({.path = path, .set_aside = [&](std::string_view name) { aside.emplace_back(name); }});
    REQUIRE(add(*database, "example.org", 1));
    REQUIRE(aside.size() == 1);
    CHECK(aside[0].starts_with(path + ".damaged-20"));
    CHECK(std::filesystem::file_size(aside[0]) == 8192);
    CHECK(ask(*database, count) == 1);
}

TEST_CASE("whoever only looks sets nothing aside and makes nothing") {
    const TemporaryTree tree;
    const auto path = tree.path("reports.db");
    CHECK_FALSE(open_sqlite({.path = path, .create = false})->open());
    CHECK_FALSE(std::filesystem::exists(path));
    std::ofstream(path) << std::string(8192, 'x');
    CHECK_FALSE(open_sqlite({.path = path, .create = false})->open());
    CHECK(std::filesystem::file_size(path) == 8192);
}

TEST_CASE("a file that was replaced or taken away is noticed") {
    const TemporaryTree tree;
    const auto path = tree.path("reports.db");
    const auto database = open_sqlite({.path = path});
    REQUIRE(add(*database, "example.org", 1));
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove(path + suffix);
    }
    CHECK(ask(*database, count) == 0);
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("the tables of a later version are left alone") {
    const TemporaryTree tree;
    const auto path = tree.path("reports.db");
    REQUIRE(open_sqlite({.path = path})->run("INSERT INTO paraph_report_store VALUES (1000)", {}));
    const auto opened = open_sqlite({.path = path})->open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == Failure::Kind::refused);
    CHECK(std::distance(std::filesystem::directory_iterator(tree.root()), {}) >= 1);
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("who finds another at work waits as long as he may, and no longer") {
    const TemporaryTree tree;
    const auto path = tree.path("reports.db");
    const auto one = open_sqlite({.path = path});
    const auto other = open_sqlite({.path = path, .patience = std::chrono::milliseconds(0)});
    REQUIRE(other->open());
    const auto done = one->transaction([&]() -> Stored<void> {
        const auto blocked = add(*other, "example.net", 1);
        CHECK_FALSE(blocked);
        CHECK(blocked.error().kind == Failure::Kind::passing);
        return add(*one, "example.org", 1);
    });
    CHECK(done);
    CHECK(add(*other, "example.net", 1));
    CHECK(ask(*one, count) == 2);
}
