// OpenDKIM's tables in memory. A file has one row on each line: a name, blanks, a value; `#` starts a
// comment. Lines may have any length. After `csl:` the rows stand in the setting itself: `name=value,
// name=value`.
#pragma once

#include "base/result.h"
#include "keys/problem.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keys {

// How the names of a table are compared: `file:` by their text, `refile:` as patterns.
enum class TableKind : std::uint8_t { exact, patterns };

struct TableName {
    TableKind kind = TableKind::exact;
    std::string path{};
    std::string rows{}; // of `csl:`, which has no path
};

// "PATH", "file:PATH", "refile:PATH" or "csl:ROWS"; refused are the kinds that are no tables in memory.
[[nodiscard]] base::Result<TableName, std::string> parse_table_name(std::string_view text);

struct TableRow {
    std::size_t line; // 1-based
    std::string name;
    std::string value; // never empty, may hold blanks
};

// Rows that make no sense are left out and reported. A PEM key that was pasted in unchanged counts as one row
// with all its lines.
[[nodiscard]] std::vector<TableRow> parse_table(std::string_view text, const std::string& file,
                                                std::vector<Problem>& problems);

// The rows behind `csl:`, which are numbered as the lines of a file. `place` stands for it in what is
// reported.
[[nodiscard]] std::vector<TableRow> parse_row_list(std::string_view text, const std::string& place,
                                                   std::vector<Problem>& problems);

struct LoadedTable {
    TableName name = {};
    std::string place = {}; // for diagnostics, and what relative paths start beside
    std::vector<TableRow> rows = {};
};

// Of a table in memory, whatever its kind; "" has none. A problem without a line: it cannot be read at all.
[[nodiscard]] LoadedTable load_table(const std::string& option, const std::string& place_of_rows,
                                     std::vector<Problem>& problems);

// Regular files of at most max_table_file only.
[[nodiscard]] base::Result<std::string, std::string> read_table(const std::string& path);

} // namespace keys
