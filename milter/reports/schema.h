// The tables, and how those of one version become those of the next. docs/report-store.md says what stands in
// them.
#pragma once

#include "milter/reports/database.h"

#include <string>
#include <vector>

namespace milter::reports {

// Each version's statements; `{octets}` and `{rowless}` stand for what the databases call differently.
[[nodiscard]] const std::vector<std::vector<std::string>>& versions();

// Makes what is missing. To be called within a transaction, and where others wait until it ends. Refused:
// the tables are those of a later version.
[[nodiscard]] Stored<void> migrate(Database& database);

} // namespace milter::reports
