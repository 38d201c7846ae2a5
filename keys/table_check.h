// What must match between the two tables.
#pragma once

#include "keys/key_table.h"
#include "keys/problem.h"
#include "keys/signing_table.h"

#include <string>
#include <vector>

namespace keys {

// A row that matches every author.
[[nodiscard]] bool is_catch_all(const SigningRow& row);

void check_tables(const SigningTable& signing_table, const std::string& file, const KeyTable& key_table,
                  std::vector<Problem>& problems);

} // namespace keys
