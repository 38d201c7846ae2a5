// What a failure of the host leaves behind: a write-ahead log that ends anywhere.

#include "counted.h"
#include "milter/reports/flush.h"
#include "milter/reports/sqlite_database.h"
#include "support/file_contents.h"
#include "support/temporary_tree.h"

#include <filesystem>
#include <set>

using namespace milter::reports;
using namespace reports_test;
using test::contents;

namespace {

// Sums after each of the flushes, the last of which are still in the log alone.
std::set<std::int64_t> write(const std::string& path, const std::string& database_copy,
                             const std::string& log_copy) {
    const auto database = open_sqlite({.path = path});
    std::set<std::int64_t> sums{0};
    for (int i = 1; i <= 12; ++i) {
        Pending batch;
        for (int k = 0; k < 10; ++k) {
            add(batch, mail("10.0." + std::to_string(i) + "." + std::to_string(k)), i);
        }
        REQUIRE(flush(*database, batch, {.instance = "one", .number = i}, {}));
        sums.insert(counted_messages(*database));
    }
    std::filesystem::copy_file(path, database_copy);
    std::filesystem::copy_file(path + "-wal", log_copy);
    return sums;
}

} // namespace

TEST_CASE("a log that is cut at or within any frame is a store with a prefix of the flushes") {
    constexpr std::size_t head = 32, frame_head = 24, page = 4096; // of SQLite's log
    const TemporaryTree tree;
    const auto sums = write(tree.path("r.db"), tree.path("copy"), tree.path("copy-wal"));
    const std::string log = contents(tree.path("copy-wal"));
    REQUIRE(log.size() > head + 20 * (frame_head + page));
    std::set<std::int64_t> seen;
    for (std::size_t at = 0; at <= log.size(); at += frame_head + page) {
        for (const std::size_t length : {at, at + 10, at + head, at + head + frame_head + 100}) {
            const auto path = tree.write("cut.db", contents(tree.path("copy")));
            static_cast<void>(tree.write("cut.db-wal", log.substr(0, length)));
            std::filesystem::remove(path + "-shm");
            std::vector<std::string> aside;
            const auto database = open_sqlite(
                {.path = path, .set_aside = [&](std::string_view name) { aside.emplace_back(name); }});
            INFO(length);
            REQUIRE(database->open());
            CHECK(aside.empty());
            CHECK(database->run("PRAGMA integrity_check")->rows.at(0).text(0) == "ok");
            const auto sum = counted_messages(*database);
            CHECK(sums.contains(sum));
            seen.insert(sum);
        }
    }
    CHECK(seen == sums);
}
