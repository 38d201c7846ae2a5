// A file of SQLite with a write-ahead log, for one host. Several processes may use it.
#pragma once

#include "milter/reports/database.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace milter::reports {

struct SqliteOptions {
    std::string path;
    bool durable = false;                     // each commit waits for the disk
    bool create = true;                       // false: where there is no file, that is a failure
    std::chrono::milliseconds patience{5000}; // with whoever else writes
    // Told the new name of a file that was no database, or a broken one.
    std::function<void(std::string_view)> set_aside{};
};

[[nodiscard]] std::unique_ptr<Database> open_sqlite(SqliteOptions options);

} // namespace milter::reports
