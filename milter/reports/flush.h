// Writes what was counted into the store: all of it or nothing, and once, however often it is tried.
#pragma once

#include "base/unix_time.h"
#include "milter/reports/database.h"
#include "milter/reports/pending.h"
#include "milter/reports/placement.h"

#include <cstdint>
#include <string>

namespace milter::reports {

// Who writes, and which of his batches it is. A batch that was tried is not changed any more.
struct Origin {
    std::string instance{}; // a name that no other process has
    std::string host{};     // for people
    std::int64_t number = 0;
    base::UnixTime at = 0;
    // Beside the batch, since the batch before: what there was no room for.
    std::int64_t less_detail = 0;
    std::int64_t dropped = 0;
    bool is_durable = true; // what is committed is on the disk; in SQLite the connection says so
};

struct Flushed {
    std::int64_t less_detail = 0; // messages that the caps took something from
    bool was_there = false;       // an earlier try had done it
};

// `organizations`: those of this store, kept from one batch to the next.
[[nodiscard]] Stored<Flushed> flush(Database& database, const Pending& batch, const Origin& origin,
                                    const Caps& caps, OrganizationDays& organizations);
// Of a single batch.
[[nodiscard]] Stored<Flushed> flush(Database& database, const Pending& batch, const Origin& origin,
                                    const Caps& caps);

} // namespace milter::reports
