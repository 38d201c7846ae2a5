// Failure reports in the store: written by daemons, read and taken out by who sends them.
#pragma once

#include "base/unix_time.h"
#include "milter/reports/database.h"
#include "milter/reports/failure_collector.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace milter::reports {

// Whose batch it is.
struct FailureOrigin {
    std::string instance;
    std::string host;
    base::UnixTime at = 0;
};

// All of it or nothing, and no report twice, however often it is tried.
[[nodiscard]] Stored<void> store_failures(Database& database, const FailureBatch& batch,
                                          const FailureOrigin& origin);

struct StoredFailure {
    FailureReport report;
    std::int64_t messages = 1;
    std::int64_t first_day = 0; // of the policy domain
};

// Not planned yet, the oldest first, at most `most`; behind `after`, the last one that was seen. Within a
// transaction others pass over them until it ends.
[[nodiscard]] Stored<std::vector<StoredFailure>>
read_failures(Database& database, const std::optional<StoredFailure>& after, std::size_t most);
[[nodiscard]] Stored<std::optional<StoredFailure>> find_failure(Database& database, const std::string& id);
[[nodiscard]] Stored<void> mark_failure_planned(Database& database, const std::string& id);
// Nobody needs it any more.
[[nodiscard]] Stored<void> remove_failure(Database& database, const std::string& id);
// Those that were seen before.
[[nodiscard]] Stored<void> expire_failures(Database& database, base::UnixTime before);

} // namespace milter::reports
