// A table as the settings name it, read.
#pragma once

#include "keys/problem.h"
#include "keys/table_file.h"

#include <string>
#include <vector>

namespace keys {

struct LoadedTable {
    TableName name;
    std::string place; // for diagnostics, and what relative paths start beside
    std::vector<TableRow> rows;
};

// Nothing for an empty `option`. `place_of_rows` is where rows stand that the setting itself holds.
[[nodiscard]] LoadedTable load_table(const std::string& option, const std::string& place_of_rows,
                                     std::vector<Problem>& problems);

} // namespace keys
